/** @file `netloom templates`: what is ready to use. Out: id, title, section and parameters with defaults of every template. */
import type { Command } from 'commander'
import { templates } from '../../../../templates/registry'
import { sections } from '../../../builder/template'
import type { Io } from '../io'

export const addTemplates = (program: Command, io: Io): void => {
  program
    .command('templates')
    .description('list the templates')
    .option('--json', 'machine-readable output on stdout')
    .action(({ json }: { readonly json?: boolean }) => {
      const rows = [...templates.values()].map(({ id, title, section, params }) => ({
        id,
        title: title.en,
        section: sections[section].en,
        parameters: Object.fromEntries(Object.entries(params).map(([name, spec]) => [name, spec.default])),
      }))
      if (json) return io.out(`${JSON.stringify(rows, null, 2)}\n`)
      for (const { id, title, section, parameters } of rows) {
        const settings = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
        io.out(`${id.padEnd(20)} ${title.padEnd(26)} ${section}\n${' '.repeat(21)}${settings.join(' ')}\n`)
      }
    })
}
