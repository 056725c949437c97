/**
 * @file Names in Python. In: ids of nodes, names of blocks and documents. Out: identifiers as PEP 8 writes them, each once in its scope, none of
 * them a word of the language or of `nn.Module`.
 */
const words = (
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda ' +
  'nonlocal not or pass raise return try while with yield match case self super torch nn F math json range sum min max list tuple reversed zip ' +
  'isinstance enumerate'
).split(' ')

/** What a module already has under its name. */
const ofModules = (
  'add_module apply bfloat16 bias buffers children cpu cuda double dump_patches eval extra_repr float forward get_buffer get_parameter ' +
  'get_submodule half hooks ipu kept load_state_dict modules named_buffers named_children named_modules named_parameters parameters penalty ' +
  'register_buffer register_module register_parameter requires_grad_ share_memory state_dict to to_empty train training type xpu zero_grad'
).split(' ')

/** `numChannels`, `dense-out`, `groupA` → `num_channels`, `dense_out`, `group_a`. */
export const snake = (id: string): string =>
  id
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/[^\p{L}\p{N}_]+/gu, '_')
    .toLowerCase()

/** `residual`, `GRU language model` → `Residual`, `GRULanguageModel`. */
export function pascal(text: string): string {
  const name = text
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
  return /^[\p{L}]/u.test(name) ? name : `Model${name}`
}

export class PythonNames {
  readonly #taken: Set<string>

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set([...words, ...taken])
  }

  /** For attributes of a module. */
  static ofModule(): PythonNames {
    return new PythonNames(ofModules)
  }

  /** A name that is taken gets a number. */
  claim(wanted: string, before = '_'): string {
    let name = wanted
    for (let count = 2; this.#taken.has(name); count++) name = `${wanted}${before}${count}`
    this.#taken.add(name)
    return name
  }
}
