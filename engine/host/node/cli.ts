/**
 * @file The `netloom` command. In: words and a place to speak. Out: an exit code: 0 done, 1 something diagnosed, 2 wrong usage.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { addCheckGradients } from './commands/check-gradients'
import { addCompile } from './commands/compile'
import { addData } from './commands/data'
import { addDoctor } from './commands/doctor'
import { addEvaluate } from './commands/evaluate'
import { addExport } from './commands/export'
import { addGenerate } from './commands/generate'
import { addImport } from './commands/import'
import { addInformation } from './commands/information'
import { addInit } from './commands/init'
import { addInspect } from './commands/inspect'
import { addPredict } from './commands/predict'
import { addRun } from './commands/run'
import { addServe } from './commands/serve'
import { addTemplates } from './commands/templates'
import { addTrain } from './commands/train'
import { type Io, reportFailure } from './io'
import { packageVersion } from './package-root'

const USAGE = 2

/** `--out --json`: the value is missing, and what follows is no file name. */
function refuseFlagsAsValues(command: Command): void {
  const flags = new Set(command.options.flatMap(({ long }) => long ?? []))
  for (const option of command.options) {
    if (!option.required || option.parseArg) continue
    option.argParser((value: string) => {
      if (flags.has(value)) throw new InvalidArgumentError(`The value is missing: ${value} is an option itself.`)
      return value
    })
  }
}

export async function runCli(words: readonly string[], io: Io): Promise<number> {
  let code = 0
  const program = new Command('netloom')
    .description('Wire neural networks as graphs, train them for real, and see what happens inside.')
    .version(packageVersion())
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
  for (const add of [addTemplates, addInspect, addInit, addRun]) add(program, io)
  addTrain(program, io, (ended) => {
    code = ended
  })
  for (const add of [
    addCheckGradients,
    addEvaluate,
    addPredict,
    addGenerate,
    addExport,
    addImport,
    addCompile,
    addData,
    addInformation,
    addServe,
    addDoctor,
  ])
    add(program, io)
  for (const command of program.commands) refuseFlagsAsValues(command.exitOverride().copyInheritedSettings(program))
  try {
    await program.parseAsync([...words], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    return reportFailure(error, io)
  }
}
