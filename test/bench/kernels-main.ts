/**
 * @file `npm run bench -- --kernels [pattern]`: generated matrix kernels alone, beside PyTorch on one thread. In: a pattern of names. Out: lines of text.
 */
import { chooseVariant } from '../../engine/runtime/wasm/autotune'
import { benchKernels, formatTimings } from './kernels.bench'
import { pythonOf } from './peers/known'

const [pattern = ''] = process.argv.slice(2)
process.stdout.write(`${formatTimings(benchKernels(await chooseVariant(), pythonOf(), new RegExp(pattern)))}\n`)
