/**
 * @file Which of the systems that the project promises (units, losses, training, preparation, layers, measures) a test speaks for. Tests name them
 * so: `A7: …`, `… (A7)`, `[A7, B1] …`. In: names of tests. Out: the rows that are named.
 */
const range = (letter: string, last: number): string[] => Array.from({ length: last }, (_, i) => `${letter}${i + 1}`)

/** Rows of SYSTEMS.md that must have tests; the templates of the later sections join as they come. */
export const promisedRows: readonly string[] = [...range('A', 13), ...range('B', 5), ...range('C', 11), ...range('D', 5), 'E1', 'J1', 'J2']

const tag = /(?<![\w.])([A-J]\d{1,2})(?=[\]):,])/g

export const rowsIn = (text: string): string[] => [...text.matchAll(tag)].map(([, row = '']) => row)
