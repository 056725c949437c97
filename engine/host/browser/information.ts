/**
 * @file Information measures for the editor. In: requests, and a way to reach files. Out: reports. Tables of columns are kept while the questions are
 * about the same data, so that another pair of columns is only counted; given files may have changed, so then nothing is kept.
 */
import { keyOf } from '../../core/random'
import { BoundedCache } from '../../datasets/cache'
import type { ColumnTable } from '../../datasets/columns/column'
import { openColumns } from '../../datasets/columns/open'
import type { FindFiles } from '../../datasets/prepare'
import { datasets } from '../../datasets/registry'
import type { ChoiceOf } from '../../document/schema'
import { measureTable, partsOf } from '../../information/measure-table'
import type { InformationReport } from '../../information/report'
import type { InformationRequest } from '../../protocol/messages'

/** What is looked at, what validates it, and one to go back to. */
const KEPT_TABLES = 3

interface Opened {
  readonly table: ColumnTable
  /** Rows held out, by the share of them. */
  readonly parts: Map<number, Uint8Array | undefined>
}

export class InformationTables {
  private tables = new BoundedCache<string, Promise<Opened>>(KEPT_TABLES)

  constructor(private readonly findFiles: FindFiles) {}

  forget(): void {
    this.tables = new BoundedCache(KEPT_TABLES)
  }

  async measure({ source, validation, seed, validationSplit, x, y }: InformationRequest): Promise<InformationReport> {
    const opened = await this.open(source, seed)
    const { path } = source.params
    const name = typeof path === 'string' && path !== '' ? path : (datasets.get(source.kind)?.title ?? source.kind)
    if (validation) {
      const { table } = await this.open(validation, keyOf(seed, 'validation'))
      return measureTable(opened.table, { table }, { x, y, name })
    }
    const parts = splitOf(opened, validationSplit, seed)
    return measureTable(opened.table, parts && { parts }, { x, y, name })
  }

  private async open(choice: ChoiceOf, seed: number): Promise<Opened> {
    const { tables } = this
    const key = JSON.stringify([choice, seed])
    const known = tables.get(key)
    if (known) return known
    const opened = openColumns(choice, this.findFiles, seed).then((table) => ({ table, parts: new Map() }))
    // Questions that come while the file is read wait for the same table.
    tables.set(key, opened, 1)
    try {
      return await opened
    } catch (error) {
      tables.delete(key)
      throw error
    }
  }
}

function splitOf({ table, parts }: Opened, share: number, seed: number): Uint8Array | undefined {
  if (!parts.has(share)) parts.set(share, partsOf(table, share, seed))
  return parts.get(share)
}
