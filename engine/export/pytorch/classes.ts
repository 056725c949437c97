/**
 * @file Blocks as classes. In: what each instance of a block does, with its numbers written out. Out: classes whose constructors take the numbers in
 * which instances differ (first-order anti-unification, Plotkin 1970), and what makes each instance: `Residual(64, 128)`. Instances that differ
 * in more than numbers have classes of their own.
 */
import { PythonNames, snake } from './names'

export interface Body {
  /** What the graph calls the block. */
  readonly title: string
  readonly className: string
  /** `self.conv1 = nn.Conv2d(…)` */
  readonly inits: readonly string[]
  readonly args: readonly string[]
  readonly lines: readonly string[]
  /** Numbers that the instance is known by, the best name first. */
  readonly known: readonly (readonly [name: string, value: string])[]
}

export interface Classes {
  readonly definitions: readonly string[]
  /** For each body, in their order. */
  readonly instances: readonly string[]
}

/** Numbers and truth values that stand for themselves. */
const LITERAL = /(?<![\w.'"])(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])|True\b|False\b)/g
const HOLE = '\u0001'

interface Shape {
  readonly skeleton: string
  readonly literals: readonly string[]
  /** How many of the literals stand in the constructor. */
  readonly inInits: number
}

function shapeOf({ inits, lines, args }: Body): Shape {
  const first = inits.join('\n')
  const text = [first, ...lines].join('\n')
  return {
    skeleton: `${args.join()}\n${inits.length}\n${text.replace(LITERAL, HOLE)}`,
    literals: [...text.matchAll(LITERAL)].map(([literal]) => literal),
    inInits: [...first.matchAll(LITERAL)].length,
  }
}

export function classesOf(bodies: readonly Body[], names: PythonNames): Classes {
  const groups = new Map<string, number[]>()
  const shapes = bodies.map(shapeOf)
  for (const [index, { skeleton }] of shapes.entries()) groups.set(skeleton, [...(groups.get(skeleton) ?? []), index])
  const definitions: string[] = []
  const instances = new Array<string>(bodies.length).fill('')
  for (const members of groups.values()) {
    const { definition, constructors } = unify(
      members.flatMap((index) => bodies[index] ?? []),
      members.flatMap((index) => shapes[index] ?? []),
      names,
    )
    definitions.push(definition)
    for (const [at, index] of members.entries()) instances[index] = constructors[at] ?? ''
  }
  return { definitions, instances }
}

interface Parameter {
  readonly name: string
  readonly values: readonly string[]
}

function unify(bodies: readonly Body[], shapes: readonly Shape[], names: PythonNames) {
  const [body] = bodies
  const [shape] = shapes
  if (!body || !shape) return { definition: '', constructors: [] }
  const className = names.claim(body.className, '')
  const own = new PythonNames([...body.args, ...body.inits.map((line) => /^self\.(\w+)/.exec(line)?.[1] ?? '')])
  const parameters = new Map<string, Parameter>()
  const holes = shape.literals.map((literal, at) => {
    const values = shapes.map(({ literals }) => literals[at] ?? '')
    if (values.every((value) => value === literal)) return { text: literal }
    const key = values.join()
    const known = body.known.find((_, i) => values.every((value, member) => bodies[member]?.known[i]?.[1] === value))
    const parameter = parameters.get(key) ?? { name: own.claim(snake(known?.[0] ?? 'size')), values }
    parameters.set(key, parameter)
    return { text: literal, parameter }
  })
  const ordered = [...parameters.values()]

  const kept = new Set(holes.slice(shape.inInits).flatMap(({ parameter }) => (parameter ? [parameter.name] : [])))
  let at = 0
  const fill = (line: string) =>
    line.replace(LITERAL, (literal) => {
      const { parameter } = holes[at] ?? {}
      const isInForward = at++ >= shape.inInits
      return parameter ? `${isInForward ? 'self.' : ''}${parameter.name}` : literal
    })
  const inits = body.inits.map(fill)
  const lines = body.lines.map(fill)
  const settings = ordered.filter(({ name }) => kept.has(name)).map(({ name }) => `self.${name} = ${name}`)
  const definition = classText({
    name: className,
    about: body.title,
    parameters: ordered.map(({ name }) => name),
    inits: [...settings, ...inits],
    args: body.args,
    lines,
  })
  return { definition, constructors: bodies.map((_, i) => `${className}(${ordered.map(({ values }) => values[i]).join(', ')})`) }
}

export interface ClassParts {
  readonly name: string
  readonly about: string
  readonly parameters: readonly string[]
  readonly inits: readonly string[]
  readonly args: readonly string[]
  readonly lines: readonly string[]
}

export const classText = ({ name, about, parameters, inits, args, lines }: ClassParts): string =>
  [
    `class ${name}(nn.Module):`,
    `    ${docstring(about, '    ')}`,
    '',
    ...(inits.length + parameters.length > 0
      ? [
          `    def __init__(${['self', ...parameters].join(', ')}):`,
          '        super().__init__()',
          ...inits.map((line) => `        ${line}`),
          '',
        ]
      : []),
    `    def forward(${['self', ...args].join(', ')}):`,
    ...lines.map((line) => (line === '' ? '' : `        ${line}`)),
    '',
  ].join('\n')

/** Longer lines are broken. */
const LINE = 100

/** Whatever a person wrote cannot end the text. */
export function docstring(text: string, indent = ''): string {
  const lines: string[] = []
  for (const word of text.replace(/[\\"]/g, (char) => `\\${char}`).split(/\s+/)) {
    const last = lines.at(-1)
    if (last === undefined || indent.length + last.length + word.length >= LINE) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.length > 1 ? `"""${lines.join(`\n${indent}`)}\n${indent}"""` : `"""${lines.join('')}"""`
}
