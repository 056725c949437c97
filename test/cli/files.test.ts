/** @file What the file system refuses: named at once where it can be known, otherwise survived; nothing is lost for it. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MetricsLog } from '../../engine/host/node/metrics-log'
import { netloom, scratch } from './run'

const at = scratch()
const training = ['train', 'mlp', '--data', 'moons', '--set', 'numHiddens=4', '--set', 'batchSize=32', '--steps', '3']
/** Linux's own full disk. */
const fullDisk = '/dev/full'

describe('a place that cannot be written', () => {
  it('is named before the training begins', async () => {
    writeFileSync(at('taken'), '')
    mkdirSync(at('folder'))
    for (const place of [
      ['--out', at('folder')],
      ['--out', at('taken/w')],
      ['--checkpoint', at('taken')],
      ['--metrics', at('folder')],
    ]) {
      const { code, err } = await netloom(...training, ...place)
      expect([code, err]).toEqual([1, expect.stringContaining('error[file.write]: Cannot write ')])
      expect(err).not.toContain('error[internal]')
      expect(err).not.toMatch(/epoch \d/)
    }
  })

  // Node's own recursive mkdir would go round in circles there.
  it.runIf(existsSync('/proc/self'))('is named where no folder can be made', async () => {
    const { code, err } = await netloom('init', 'xor-mlp', '--out', '/proc/netloom/w')
    expect([code, err]).toEqual([1, expect.stringContaining('error[file.write]: Cannot write /proc/netloom/w')])
  })

  it('makes the folders that are missing', async () => {
    expect((await netloom('init', 'xor-mlp', '--out', at('a/b/c/w'))).code).toBe(0)
    expect(existsSync(at('a/b/c/w'))).toBe(true)
  })
})

describe('a file that cannot be read', () => {
  it.each([
    ['weights that are not there', ['evaluate', 'mlp', '--weights', at('nothing')], 'nothing'],
    ['a folder for weights', ['predict', 'mlp', '--weights', at('')], ''],
    ['inputs that are not there', ['run', 'mlp', '--inputs', at('nothing'), '--out', at('y')], 'nothing'],
    ['a folder for a document', ['inspect', at('')], ''],
  ])('%s', async (_, words, name) => {
    const { code, err } = await netloom(...words)
    expect([code, err]).toEqual([1, expect.stringContaining(`error[file.read]: Cannot read ${at(name)}`)])
  })
})

describe('a full disk', () => {
  it.runIf(existsSync(fullDisk))('does not cost the trained weights', async () => {
    const { code, err } = await netloom(...training, '--metrics', fullDisk, '--out', at('kept'))
    expect([code, err]).toEqual([1, expect.stringMatching(/warning\[file\.write\].*error\[file\.write\]: Cannot write \/dev\/full/s)])
    expect(existsSync(at('kept'))).toBe(true)
  })
})

describe('metrics of a run that goes on', () => {
  it('keep the lines up to the checkpoint and no others', async () => {
    writeFileSync(at('m.jsonl'), '{"step":1}\n{"step":2}\n{"step":3}\n{"ste')
    const log = await MetricsLog.open(at('m.jsonl'), 2, () => undefined)
    log.write({ step: 3, loss: 0.5 })
    log.close()
    expect(readFileSync(at('m.jsonl'), 'utf8')).toBe('{"step":1}\n{"step":2}\n{"step":3,"loss":0.5}\n')
  })

  it('begin anew with a new run', async () => {
    writeFileSync(at('old.jsonl'), '{"step":1}\n')
    const log = await MetricsLog.open(at('old.jsonl'), 0, () => undefined)
    log.close()
    expect(readFileSync(at('old.jsonl'), 'utf8')).toBe('')
  })
})

describe('numbers of the command line', () => {
  it('beyond what a document holds are wrong usage', async () => {
    for (const wrong of [
      ['init', 'mlp', '--out', at('w'), '--seed', '4294967296'],
      ['train', 'mlp', '--epochs', '100001'],
      ['serve', '--port', '65536'],
    ])
      expect((await netloom(...wrong)).code).toBe(2)
  })
})

describe('a place that is no file', () => {
  // A device that is replaced by a file is gone for the whole machine: this one is a pipe of the test's own.
  it.runIf(process.platform === 'linux')('is written into and stays what it is', async () => {
    const pipe = at('pipe')
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe])
    const reader = execFile('cat', [pipe], { encoding: 'buffer' })
    const chunks: Buffer[] = []
    reader.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    const ended = new Promise((resolve) => reader.once('close', resolve))
    expect((await netloom('export', 'xor-mlp', '--to', 'json', '--out', pipe)).code).toBe(0)
    await ended
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ format: 'netloom' })
    expect(statSync(pipe).isFIFO()).toBe(true)
  })

  it.runIf(existsSync(fullDisk))('a full device is named, and is still a device', async () => {
    const { code, err } = await netloom('init', 'xor-mlp', '--out', fullDisk)
    expect([code, err]).toEqual([1, expect.stringContaining('error[file.write]: Cannot write /dev/full: no space left on device')])
    expect(statSync(fullDisk).isCharacterDevice()).toBe(true)
  })

  it('a link stays a link, and what it leads to is written', async () => {
    writeFileSync(at('target'), 'old')
    symlinkSync(at('target'), at('link'))
    expect((await netloom('export', 'xor-mlp', '--to', 'json', '--out', at('link'))).code).toBe(0)
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('target'), 'utf8')).toContain('"format": "netloom"')
  })
})

describe.runIf(existsSync(fullDisk))('what was learned and cannot be written', () => {
  /** A folder whose next checkpoint meets a full disk. */
  const fullFolder = () => {
    mkdirSync(at('full'))
    symlinkSync(fullDisk, at('full/checkpoint.safetensors'))
    return at('full')
  }
  it.each([
    ['as parameters', ['--out', fullDisk]],
    ['as a checkpoint', ['--checkpoint', fullFolder()]],
  ])('%s is kept in another checkpoint, and that is said', async (_, words) => {
    const before = process.cwd()
    process.chdir(at(''))
    try {
      const { code, err } = await netloom(...training, ...words)
      expect(code).toBe(1)
      expect(err).toMatch(/^error\[file\.write\]: Cannot write .*: no space left on device\.$/m)
      const [, folder = ''] = /kept in (\S+), which/.exec(err) ?? []
      const measured = await netloom('evaluate', 'mlp', '--data', 'moons', '--set', 'numHiddens=4', '--weights', folder, '--json')
      expect(measured.code).toBe(0)
      expect(JSON.parse(measured.out).loss).toBeGreaterThan(0)
      rmSync(folder, { recursive: true })
    } finally {
      process.chdir(before)
    }
  })

  it('says nothing of other places where the parameters have their own', async () => {
    const { code, err } = await netloom(...training, '--checkpoint', at('full'), '--out', at('safe'))
    expect([code, existsSync(at('safe'))]).toEqual([1, true])
    expect(err).not.toContain('kept in')
  })
})
