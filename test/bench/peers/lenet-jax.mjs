/**
 * @file LeNet's training step in jax-js, jitted, SGD. In: the library, initialised, its default device set. Out: what a peer prepares.
 * Arrays are counted references there: `.ref` keeps one alive, passing it on consumes it.
 */
const shapes = {
  c1: [6, 1, 5, 5],
  b1: [6],
  c2: [16, 6, 5, 5],
  b2: [16],
  w3: [256, 120],
  b3: [120],
  w4: [120, 84],
  b4: [84],
  w5: [84, 10],
  b5: [10],
}

export const lenet =
  ({ numpy: np, nn, lax, jit, valueAndGrad, random, blockUntilReady }) =>
  async ({ case: name, batch, mode }) => {
    if (name !== 'lenet' || mode !== 'train') throw new Error('not written for this peer')
    const pool = (x) => lax.reduceWindow(x, np.max, [1, 1, 2, 2], [1, 1, 2, 2])
    const loss = (p, x, target) => {
      let y = lax.convGeneralDilated(x, p.c1, [1, 1], 'VALID')
      y = pool(nn.sigmoid(y.add(p.b1.reshape([1, 6, 1, 1]))))
      y = lax.convGeneralDilated(y, p.c2, [1, 1], 'VALID')
      y = pool(nn.sigmoid(y.add(p.b2.reshape([1, 16, 1, 1])))).reshape([batch, 256])
      y = nn.sigmoid(np.matmul(y, p.w3).add(p.b3))
      y = nn.sigmoid(np.matmul(y, p.w4).add(p.b4))
      y = np.matmul(y, p.w5).add(p.b5)
      return nn
        .logSoftmax(y, -1)
        .mul(target)
        .sum()
        .mul(-1 / batch)
    }
    let params = Object.fromEntries(Object.entries(shapes).map(([key, shape], i) => [key, random.normal(random.key(i), shape).mul(0.1)]))
    const x = np.array(Float32Array.from({ length: batch * 784 }, Math.random)).reshape([batch, 1, 28, 28])
    const labels = np.array(
      Int32Array.from({ length: batch }, (_, i) => i % 10),
      { dtype: np.int32 },
    )
    const target = nn.oneHot(labels, 10)
    const step = jit((p, image, label) => {
      const kept = Object.fromEntries(Object.entries(p).map(([key, value]) => [key, value.ref]))
      const [value, gradients] = valueAndGrad((q) => loss(q, image, label))(kept)
      const next = Object.fromEntries(Object.entries(p).map(([key, weight]) => [key, weight.sub(gradients[key].mul(0.1))]))
      return [value, next]
    })
    return {
      step: async () => {
        const [value, next] = step(params, x.ref, target.ref)
        params = next
        await blockUntilReady(params)
        await value.data()
      },
    }
  }
