/** @file LeNet's training step in TensorFlow.js, SGD. In: the library, its backend set. Out: what a peer prepares. */
export const lenet =
  (tf) =>
  async ({ case: name, batch, mode }) => {
    if (name !== 'lenet' || mode !== 'train') throw new Error('not written for this peer')
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
    const labels = tf.tensor1d(
      Int32Array.from({ length: batch }, (_, i) => i % 10),
      'int32',
    )
    const y = tf.oneHot(labels, 10)
    return {
      step: async () => {
        const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true })), true)
        await loss.data()
        loss.dispose()
      },
    }
  }
