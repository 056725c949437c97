/**
 * @file LeNet's training step in TensorFlow.js on its CPU backend (its WebAssembly backend cannot train convolutions).
 * In: requests (see protocol.md). Out: times.
 */
import { createRequire } from 'node:module'
import { serve } from './serve.mjs'

const tf = createRequire(`${process.argv[2]}/package.json`)('@tensorflow/tfjs')
await tf.setBackend('cpu')

await serve(async ({ case: name, batch }) => {
  if (name !== 'lenet') throw new Error('not written for this peer')
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 6, kernelSize: 5, activation: 'sigmoid' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 16, kernelSize: 5, activation: 'sigmoid' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 120, activation: 'sigmoid' }),
      tf.layers.dense({ units: 84, activation: 'sigmoid' }),
      tf.layers.dense({ units: 10 }),
    ],
  })
  const optimizer = tf.train.sgd(0.1)
  const x = tf.randomUniform([batch, 28, 28, 1])
  const y = tf.oneHot(
    tf.tensor1d(
      Int32Array.from({ length: batch }, (_, i) => i % 10),
      'int32',
    ),
    10,
  )
  return async () => {
    const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true })), true)
    await loss.data()
    loss.dispose()
  }
})
