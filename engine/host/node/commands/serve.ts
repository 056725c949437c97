/** @file `netloom serve`: the editor in a browser. In: a port. Out: a running server and one line with its address; Ctrl-C ends it. */
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Io } from '../io'
import { whole } from '../options'
import { packageRoot } from '../package-root'
import { serve } from '../serve/server'

export const addServe = (program: Command, io: Io): void => {
  program
    .command('serve')
    .description('serve the editor to a browser')
    .option('--port <n>', 'port (default: any free one)', whole(0, 65_535), 0)
    .action(async ({ port }: { readonly port: number }) => {
      const server = await serve({ folder: join(packageRoot(), 'dist/renderer'), port })
      io.out(`Netloom is running at ${server.url}\n`)
      await new Promise<void>((resolve) => {
        process.once('SIGINT', resolve)
        process.once('SIGTERM', resolve)
      })
      await server.close()
    })
}
