/**
 * @file Every diagnostic code and its sentence in both languages; each has a test.
 * `{name}` placeholders are filled from `Diagnostic.values`. Those about data stand in data-diagnostic-catalogue.ts.
 */
import { dataCatalogue } from './data-diagnostic-catalogue'
import type { Text } from './text'

export const catalogue = {
  // --- the file and its structure (document/) ---
  'document.json': { en: 'This is not valid JSON: {detail}.', zh: '这不是有效的 JSON:{detail}。' },
  'document.schema': { en: '{path}: {detail}.', zh: '{path}：{detail}。' },
  'document.version': {
    en: 'The file has format version {got}; this Netloom reads versions up to {expected}. Open it with a newer Netloom.',
    zh: '文件格式版本为 {got}，此版本的 Netloom 最多支持 {expected}。请用更新的 Netloom 打开。',
  },
  'document.format': { en: 'This is not a Netloom document.', zh: '这不是 Netloom 文档。' },
  'document.file-size': { en: 'The file has {got} bytes; the limit is {expected}.', zh: '文件有 {got} 字节，上限是 {expected}。' },
  'document.nodes': { en: 'There are {got} nodes; the limit is {expected}.', zh: '共有 {got} 个节点，上限是 {expected}。' },
  'document.edges': { en: 'There are {got} wires; the limit is {expected}.', zh: '共有 {got} 条连线，上限是 {expected}。' },
  'document.blocks': { en: 'There are {got} blocks; the limit is {expected}.', zh: '共有 {got} 个模块，上限是 {expected}。' },
  'document.depth': {
    en: 'Blocks stand inside blocks {got} levels deep; the limit is {expected}.',
    zh: '模块嵌套了 {got} 层，上限是 {expected}。',
  },
  'document.expanded': {
    en: 'With all blocks opened there are more than {expected} nodes.',
    zh: '展开所有模块后，节点数超过 {expected}。',
  },
  'graph.unknown-block': { en: 'There is no block called “{got}”.', zh: '没有名为“{got}”的模块。' },
  'graph.misplaced': { en: '“{got}” only has a meaning inside a block.', zh: '“{got}”只能用在模块内部。' },
  'graph.block-recursion': { en: 'The block contains itself: {path}.', zh: '模块包含了自身：{path}。' },
  'graph.few-inputs': { en: 'Input “{port}” needs at least two wires.', zh: '输入“{port}”至少需要两条连线。' },
  'graph.bypass-source': { en: 'A node without inputs has nothing to hand through.', zh: '没有输入的节点无法跳过。' },
  'graph.unknown-kind': { en: 'There is no layer called “{got}”.', zh: '没有名为“{got}”的层。' },
  'graph.duplicate-id': { en: 'Two nodes are both called “{got}”.', zh: '有两个节点都叫“{got}”。' },
  'graph.dangling-edge': { en: 'A wire ends at “{got}”, which does not exist.', zh: '有一条连线指向不存在的“{got}”。' },
  'graph.cycle': { en: 'These nodes feed each other in a circle: {path}.', zh: '这些节点形成了环：{path}。' },
  'graph.port-taken': { en: 'Input “{port}” has more than one wire.', zh: '输入“{port}”接了多条连线。' },
  'graph.missing-input': { en: 'Input “{port}” is not connected.', zh: '输入“{port}”还没有连接。' },
  'graph.foreign-wire': {
    en: '“{got}” belongs to another graph; hand it to the block as an input.',
    zh: '“{got}”属于另一个图；请把它作为模块的输入传入。',
  },
  'graph.invalid-id': {
    en: '“{got}” cannot be an id: start with a letter, then letters, digits, _ and -, at most 64.',
    zh: '“{got}”不能用作标识：须以字母开头，其后为字母、数字、_ 或 -，最多 64 个字符。',
  },
  'graph.duplicate-block': { en: 'Two different blocks are both called “{got}”.', zh: '有两个不同的模块都叫“{got}”。' },
  // --- parameters and shapes (shapes/, layers/) ---
  'param.name': {
    en: 'A parameter cannot be called “{got}”: use letters, digits and _, and none of the names that every node has.',
    zh: '参数不能叫“{got}”：请使用字母、数字和下划线，并避开所有节点共有的名称。',
  },
  'param.unresolved': {
    en: '{param} refers to “{got}”, which is no parameter of the block.',
    zh: '{param} 引用了“{got}”，但模块没有这个参数。',
  },
  'share.missing': {
    en: 'There is no node “{got}” here to take the weights of: name one of the same graph, or one inside a block as “block1/dense1”.',
    zh: '此处没有可供共享权重的节点“{got}”：请给出同一图中的节点，或以“block1/dense1”的形式给出模块内的节点。',
  },
  'share.none': {
    en: '“{got}” has no weights, so there is nothing to share or to tie: choose a layer that has some.',
    zh: '“{got}”没有权重，无从共享或绑定：请选择有权重的层。',
  },
  'share.shape': {
    en: 'The weights differ: here {got}, in “{path}” {expected}. Give both layers the same inputs and sizes.',
    zh: '权重不同：此处为 {got}，“{path}”中为 {expected}。请使两层的输入和大小相同。',
  },
  'share.circle': {
    en: 'The nodes take their weights from one another in a circle ({path}): let one of them have its own.',
    zh: '节点之间循环共享权重（{path}）：请让其中一个使用自己的权重。',
  },
  'shape.size': {
    en: 'A tensor of shape {got} would need more than {expected} numbers.',
    zh: '形状为 {got} 的张量超过了 {expected} 个数的上限。',
  },
  'param.invalid': { en: '{param}: expected {expected}, got {got}.', zh: '{param}：应为 {expected}，实际是 {got}。' },
  'shape.dtype': { en: 'Expected {expected}; got {got}.', zh: '应为 {expected}，实际是 {got}。' },
  'shape.rank': { en: 'Expected {expected}; got {got}.', zh: '应为 {expected}，实际是 {got}。' },
  'shape.mismatch': { en: 'The shapes do not fit: expected {expected}, got {got}.', zh: '形状不匹配：应为 {expected}，实际是 {got}。' },
  'shape.window': {
    en: 'The window covers {expected} of the image, padding included; the image is only {got}.',
    zh: '窗口覆盖 {expected} 的范围，而图像连同填充只有 {got}。',
  },
  'shape.padding': {
    en: 'The padding must be at most half the window: expected at most {expected}, got {got}.',
    zh: '填充最多为窗口的一半：应不超过 {expected}，实际是 {got}。',
  },
  'shape.steps': {
    en: 'The window covers {expected} steps; the sequence has only {got}, padding included.',
    zh: '窗口覆盖 {expected} 个时间步，而序列连同填充只有 {got} 个。',
  },
  'shape.output-padding': {
    en: 'The output padding must be less than the stride of {expected}; got {got}.',
    zh: '输出填充须小于步幅 {expected}，实际是 {got}。',
  },
  'shape.nothing-left': {
    en: 'Nothing is left of {got} after cutting off {expected}.',
    zh: '从 {got} 裁去 {expected} 后没有剩余。',
  },
  'shape.groups': {
    en: 'The channels do not divide into {expected} groups; got {got}.',
    zh: '通道数不能平均分成 {expected} 组，实际是 {got} 个通道。',
  },
  'shape.axis': { en: 'There is no such axis: expected {expected}, got {got}.', zh: '没有这个轴：应为 {expected}，实际是 {got}。' },
  'shape.divide': {
    en: 'An axis of {got} does not divide by {expected}.',
    zh: '长度为 {got} 的轴不能被 {expected} 整除。',
  },
  'shape.indices': {
    en: 'The input holds whole numbers below {got}; there is room for those below {expected}.',
    zh: '输入中的整数小于 {got}，而此处只容得下小于 {expected} 的整数。',
  },
  'shape.slice': {
    en: 'An axis of {extent} has no slice {got}.',
    zh: '长度为 {extent} 的轴上没有切片 {got}。',
  },
  'shape.permutation': {
    en: 'The axes must be named once each: expected {expected} in any order, got {got}.',
    zh: '每个轴应恰好出现一次：应为 {expected} 的某种排列，实际是 {got}。',
  },
  'shape.elements': {
    en: 'One sample has {got} numbers, which do not fill the shape {expected}.',
    zh: '每个样本有 {got} 个数，填不满形状 {expected}。',
  },
  'shape.counting': {
    en: '“{port}” must have a number for each loss: expected {expected}, got {got}.',
    zh: '“{port}”应与各个损失一一对应：应为 {expected}，实际是 {got}。',
  },
  'shape.classes': {
    en: 'The label has {expected} classes, the network gives {got} scores.',
    zh: '标签有 {expected} 个类别，网络却给出 {got} 个得分。',
  },
  'shape.tokens': {
    en: 'The input holds tokens up to {expected}, the table has {got} rows.',
    zh: '输入中的词元共有 {expected} 种，嵌入表只有 {got} 行。',
  },
  ...dataCatalogue,
  // --- training, weights and checkpoints (train/, host/) ---
  'train.no-loss': { en: 'The network has no loss to minimise: add a loss node.', zh: '网络没有可供最小化的损失：请添加一个损失节点。' },
  'train.not-finite': {
    en: 'At step {step} the loss became {got}; the first value that is not finite is the output of this node. Try a smaller learning rate.',
    zh: '第 {step} 步时损失变为 {got}；最先出现非有限值的是此节点的输出。请尝试更小的学习率。',
  },
  'train.half-range': {
    en: 'At step {step} a number grew beyond what half precision holds, whatever the scale of the loss. Set the precision to f32, or try a smaller learning rate.',
    zh: '第 {step} 步时有数值超出半精度的范围，调整损失缩放也无法避免。请将精度设为 f32，或尝试更小的学习率。',
  },
  'train.feeder': {
    en: 'Batches are prepared where training runs from now on: the thread that prepared them has ended ({detail}).',
    zh: '此后批次改在训练所在的线程中准备：原先准备批次的线程已终止（{detail}）。',
  },
  'train.busy': {
    en: 'A run is under way; stop or pause it first, since two at a time would disturb each other.',
    zh: '正在训练；请先停止或暂停，同时运行会相互干扰。',
  },
  'train.optimizer': {
    en: 'There is no optimiser called “{got}”; there are: {expected}.',
    zh: '没有名为“{got}”的优化器；现有：{expected}。',
  },
  'train.schedule': {
    en: 'There is no schedule called “{got}”; there are: {expected}.',
    zh: '没有名为“{got}”的学习率策略；现有：{expected}。',
  },
  'train.schedule.setting': {
    en: 'The schedule “{name}” has no setting “{param}”. Schedules that have it: {expected}. Choose one of them, or leave the setting out.',
    zh: '学习率策略“{name}”没有设置项“{param}”。有此设置项的策略：{expected}。请改用其中之一，或去掉该设置。',
  },
  'train.schedule.validation': {
    en: 'This schedule waits for the validation loss, but nothing is held out to validate: hold out a share of the data, or choose another schedule.',
    zh: '该策略依据验证损失调整学习率，但没有留出验证数据：请留出一部分数据，或改用其他策略。',
  },
  'train.sequential': {
    en: 'Text that is read in sequence cannot be drawn with replacement: sample it at random instead, or turn replacement off.',
    zh: '按顺序读取的文本不能有放回地抽取：请将文本改为随机采样，或关闭有放回抽样。',
  },
  'train.rate.unused': {
    en: '{got} has no learning rate, so there is nothing to act on for {expected}: remove them, or choose another optimiser.',
    zh: '{got}没有学习率，{expected}不起作用：请将其移除，或改用其他优化器。',
  },
  'train.warmup': {
    en: 'The warm-up takes {got} steps, but the whole training only {expected}: shorten it, or train for longer.',
    zh: '预热需要 {got} 步，而整个训练只有 {expected} 步：请缩短预热，或延长训练。',
  },
  'train.schedule.long': {
    en: '“{name}” needs {got} steps to have its effect, and the whole training has {expected}: give it {expected} steps or fewer, or train for longer.',
    zh: '“{name}”需要 {got} 步才能见效，而整个训练只有 {expected} 步：请把步数设为不超过 {expected}，或延长训练。',
  },
  'train.batch': {
    en: 'A batch of {got} is more than the {expected} samples there are, so every step takes all of them, and an epoch is one step. Choose a smaller batch for more steps.',
    zh: '批量 {got} 大于现有的 {expected} 个样本，因此每一步都用到全部样本，一轮只有一步。如需更多步，请减小批量。',
  },
  'train.split.nothing': {
    en: 'A share of {got} of {samples} samples is less than one, so nothing is held out to validate: hold out a larger share, or give more data.',
    zh: '{samples} 个样本的 {got} 不足一个，因此没有留出验证数据：请增大比例，或提供更多数据。',
  },
  'train.frozen': {
    en: 'There is nothing to train: no layer has weights, or all that have are frozen. Unfreeze one, or add a dense layer.',
    zh: '没有可训练的内容：没有含权重的层，或它们全部被冻结。请解冻一层，或添加一个全连接层。',
  },
  'train.perceptron': {
    en: 'The perceptron rule trains one dense layer followed by a step unit: {detail}.',
    zh: '感知机法则只训练一个全连接层加一个阶跃单元：{detail}。',
  },
  'train.linear': {
    en: 'This method trains linear models with squared loss only: {detail}. Use Adam or another optimiser for this graph.',
    zh: '此方法只适用于平方损失的线性模型：{detail}。请对该网络使用 Adam 等其他优化器。',
  },
  'train.linear.features': {
    en: 'The normal equations of {got} features take a matrix of {got} × {got}; at most {expected} are solved. Use Adam or another optimiser.',
    zh: '{got} 个特征的正规方程需要 {got} × {got} 的矩阵，最多求解 {expected} 个。请使用 Adam 等其他优化器。',
  },
  'train.rank': {
    en: 'Only {got} of {expected} columns are independent, so many solutions are equally good; the shortest weights were taken. A ridge above 0 makes the choice explicit.',
    zh: '{expected} 列中只有 {got} 列线性无关，存在许多同样好的解；已取权重最短的一个。设置大于 0 的岭参数可明确选择。',
  },
  'train.newton.parameters': {
    en: 'Newton’s method would need a Hessian of {got} × {got} numbers; it takes at most {expected} parameters. Use Adam or momentum instead, or freeze layers.',
    zh: '牛顿法需要 {got} × {got} 的海森矩阵，最多支持 {expected} 个参数。请改用 Adam 或动量法，或冻结部分层。',
  },
  'train.newton.singular': {
    en: 'The Hessian has no inverse at damping {got}: raise the damping, to 0.001 say.',
    zh: '阻尼为 {got} 时海森矩阵不可逆：请增大阻尼，例如 0.001。',
  },
  'train.statistics': {
    en: 'In training this layer normalises each feature over the batch, and with a batch of {got} there is a single value of each: all would become 0. Take batches of 2 or more, or use layer normalisation, which looks at one sample at a time.',
    zh: '训练时此层按批次对每个特征归一化，而批量为 {got} 时每个特征只有一个值，结果将全部为 0。请把批量设为 2 或更大，或改用逐样本计算的层归一化。',
  },
  'train.unreached': {
    en: 'Training will not change this layer: every way from it to a loss leads through a layer whose derivative is zero, first through {node}. Use a layer with a slope there (sigmoid instead of a step, a gradient that is let straight through), freeze this layer, or train a single threshold unit by the perceptron rule.',
    zh: '训练不会改变此层：从它到损失的每条路径都经过导数为零的层，首先是 {node}。请在该处改用有导数的层（例如以 sigmoid 代替阶跃，或令梯度直通），或冻结此层；单个阈值单元可用感知机法则训练。',
  },
  'train.vanishing': {
    en: 'At step {step} the gradient has faded on its way back: {got} at this layer, {expected} at {node}. This layer hardly learns; ReLU, another initialiser, normalisation or shortcuts help.',
    zh: '第 {step} 步时梯度在反向传播中消失：此层为 {got}，{node} 为 {expected}。此层几乎学不到东西；可改用 ReLU、其他初始化方式、归一化或残差连接。',
  },
  'train.exploding': {
    en: 'At step {step} the gradient of this layer has grown to {got}; usual was {expected}. Clip the gradients, or lower the learning rate.',
    zh: '第 {step} 步时此层的梯度增大到 {got}，平时约为 {expected}。请裁剪梯度，或降低学习率。',
  },
  'train.gradient-not-finite': {
    en: 'The loss of step {step} was still a number, but the gradient of this layer became {got} and spoilt the weights. Clip the gradients, or try a smaller learning rate.',
    zh: '第 {step} 步的损失仍是有限值，但此层的梯度变为 {got}，破坏了权重。请裁剪梯度，或尝试更小的学习率。',
  },
  'train.weights-not-finite': {
    en: 'The loss and the gradients of step {step} were still numbers, but the step itself was so long that the weights of this layer became {got}. Try a smaller learning rate.',
    zh: '第 {step} 步的损失和梯度仍是有限值，但这一步走得太远，使此层的权重变为 {got}。请尝试更小的学习率。',
  },
  'train.curvature': {
    en: 'At step {step} the curvature term ½ε²gᵀHg = {got} has outgrown the slope εgᵀg = {expected}: the step is too long for this valley. Lower the learning rate.',
    zh: '第 {step} 步时曲率项 ½ε²gᵀHg = {got} 超过了斜率项 εgᵀg = {expected}：对这个谷底来说步子过大。请降低学习率。',
  },
  'train.penalty.unused': {
    en: '{got} does not descend the loss, so penalties, noise on weights and adversarial examples have no effect: remove them, or choose another optimiser.',
    zh: '{got}并不沿损失下降，权重惩罚、权重噪声和对抗样本不起作用：请将其移除，或改用其他优化器。',
  },
  'train.adversarial.inputs': {
    en: 'Adversarial examples move real inputs, and this network has none (tokens cannot be moved a little): switch them off.',
    zh: '对抗样本需要移动实数输入，而此网络没有（词元无法微小移动）：请将其关闭。',
  },
  'train.ensemble.method': {
    en: '{got} works out its steps for one network, not for an ensemble: switch the ensemble off, or choose another optimiser.',
    zh: '{got}只为单个网络求解步长，不适用于集成：请关闭集成，或改用其他优化器。',
  },
  'train.ensemble.sequential': {
    en: 'Batches that continue one another cannot be drawn with replacement: choose random sampling of the text, or switch the ensemble off.',
    zh: '前后相连的批量不能有放回地抽取：请对文本采用随机采样，或关闭集成。',
  },
  'train.early-stopping.validation': {
    en: 'Early stopping watches the validation data, but nothing is held out: hold out a share of the data, or switch early stopping off.',
    zh: '提前终止依据验证数据，但没有留出验证数据：请留出一部分数据，或关闭提前终止。',
  },
  'train.early-stopping.metric': {
    en: 'The network does not measure “{got}”; early stopping can watch: {expected}.',
    zh: '网络不测量“{got}”；提前终止可观察：{expected}。',
  },
  'train.memory': {
    en: 'Training with batches of {batch} needs {got} of memory; {expected} can be had. Batches of up to {largest} fit.',
    zh: '以批量 {batch} 训练需要 {got} 内存，最多可用 {expected}。批量不超过 {largest} 时可以容纳。',
  },
  'train.memory.never': {
    en: 'Training with batches of {batch} needs {got} of memory; {expected} can be had. Not even a single sample fits: the network is too large.',
    zh: '以批量 {batch} 训练需要 {got} 内存，最多可用 {expected}。即使每批一个样本也无法容纳：网络过大。',
  },
  'check.not-finite': {
    en: 'With these weights and inputs the loss is {got}, and the first value that is not finite is computed by this node: there is no gradient to check. Train for less long, or check fresh weights.',
    zh: '在这组权重和输入下损失为 {got}，最先出现非有限值的是此节点：没有可供检查的梯度。请缩短训练，或检查新初始化的权重。',
  },
  'check.surrogate': {
    en: 'This layer hands back a gradient that is not the derivative of what it computes, so differences of the loss cannot confirm the gradients before it. Set its gradient to zero for the check.',
    zh: '此层回传的梯度并非其计算结果的导数，因此无法用损失的差分核对它之前的梯度。核对时请将其梯度设为零。',
  },
  'check.gradient': {
    en: 'The gradient of “{name}” is wrong: at element {index} it is computed as {got}, while the loss changes by {expected} (relative error {error}).',
    zh: '“{name}”的梯度有误：第 {index} 个元素的计算值为 {got}，而损失的实际变化率为 {expected}（相对误差 {error}）。',
  },
  'generate.no-network': {
    en: 'There is no trained network yet: train this one first, if only for an epoch.',
    zh: '还没有训练好的网络：请先训练，哪怕只训练一轮。',
  },
  'generate.no-text': {
    en: 'This network does not read text: give it a text as data, or open a language model.',
    zh: '该网络的数据不是文本：请为其选择文本数据，或打开一个语言模型。',
  },
  'generate.no-scores': {
    en: 'The network gives no score for each of the {expected} tokens of the vocabulary: a language model ends in a dense layer of that size and a softmax cross-entropy.',
    zh: '网络没有为词表中的 {expected} 个词元各给出一个得分：语言模型应以同样大小的全连接层和 Softmax 交叉熵结尾。',
  },
  'generate.backwards': {
    en: 'This layer also reads from the end to the beginning, so each score depends on what is yet to be written. Make it read one way only, and train the network anew.',
    zh: '此层还从末尾向开头读取，每个得分都依赖尚未写出的内容。请将其改为单向，并重新训练网络。',
  },
  'lesson.units': {
    en: 'This node gives {got} numbers a sample; the lesson follows at most {expected} by eye. Choose a smaller network, or fewer units here.',
    zh: '此节点每个样本输出 {got} 个数，逐步讲解最多支持 {expected} 个。请选择更小的网络，或减少此处的神经元。',
  },
  'lesson.layers': {
    en: 'The network has {got} layers with parameters; the lesson steps through at most {expected}. Choose a shallower network.',
    zh: '网络有 {got} 个带参数的层，逐步讲解最多支持 {expected} 个。请选择更浅的网络。',
  },
  'weights.format': { en: 'This is not a sound safetensors file: {detail}.', zh: '这不是完好的 safetensors 文件：{detail}。' },
  'weights.missing': { en: 'There is no tensor called “{got}” in {file}.', zh: '{file} 中没有名为“{got}”的张量。' },
  'weights.shape': {
    en: 'The tensor “{name}” has the shape {got}; expected {expected}.',
    zh: '张量“{name}”的形状为 {got}，应为 {expected}。',
  },
  'weights.values': {
    en: 'The tensor “{name}” must hold {expected}; it holds {got}.',
    zh: '张量“{name}”应为 {expected}，实际包含 {got}。',
  },
  'transfer.nothing': {
    en: 'Nothing of {file} fits this network: weights are copied between layers of the same name and shape. It holds: {got}.',
    zh: '{file} 中没有适合此网络的内容：权重只在同名且同形状的层之间复制。其中包含：{got}。',
  },
  'checkpoint.missing': { en: 'There is no checkpoint in {file}.', zh: '{file} 中没有检查点。' },
  'checkpoint.corrupt': { en: 'The checkpoint {file} is damaged: {detail}.', zh: '检查点 {file} 已损坏：{detail}。' },
  'checkpoint.other-graph': {
    en: 'The checkpoint belongs to another network: {detail}.',
    zh: '该检查点属于另一个网络：{detail}。',
  },
  'export.in-block': {
    en: 'This node stands inside a block. In PyTorch inputs, labels and losses must stand in the network itself: dissolve the block, or move the node out of it.',
    zh: '此节点位于模块内部。导出为 PyTorch 时，输入、标签和损失必须直接位于网络中：请展开模块，或将节点移到模块外。',
  },
  'export.one-copy': {
    en: 'The file has one network, not the average of {got}: of this ensemble it is the first, and so are the weights. Train it on its own, or go on using the ensemble here.',
    zh: '文件中只有一个网络，而不是 {got} 个网络的平均：它是该集成中的第一个，权重亦然。请单独训练它，或继续在此处使用集成。',
  },
  'export.no-train': {
    en: 'The file has no train function, since {detail}. The network itself is complete.',
    zh: '文件中没有 train 函数：{detail}。网络本身是完整的。',
  },
  'export.left-out': {
    en: 'The train function of the file does without: {detail}. The network itself is complete.',
    zh: '文件中的 train 函数不包含：{detail}。网络本身是完整的。',
  },
  'file.read': { en: 'Cannot read {file}: {detail}.', zh: '无法读取 {file}：{detail}。' },
  'file.write': { en: 'Cannot write {file}: {detail}.', zh: '无法写入 {file}：{detail}。' },
  'file.port': { en: 'Cannot listen on port {got}: {detail}.', zh: '无法监听端口 {got}：{detail}。' },
  'graph.unknown': {
    en: '“{got}” is neither a template nor a file; the templates are: {expected}.',
    zh: '“{got}”既不是模板也不是文件；现有模板：{expected}。',
  },
  'graph.code': { en: '{file} does not give a graph: {detail}.', zh: '{file} 没有给出网络：{detail}。' },
  'backend.memory': {
    en: 'The network needs {got} of memory; this backend can have {expected}. The largest part is the output of {detail}.',
    zh: '网络需要 {got} 内存，此后端最多可用 {expected}。其中最大的是 {detail} 的输出。',
  },
  'backend.halves': {
    en: '“{got}” cannot store numbers in half precision. Set the precision to f32, or choose a graphics adapter that has f16.',
    zh: '“{got}”无法以半精度存储数值。请将精度设为 f32，或选用支持 f16 的图形适配器。',
  },
  'backend.gpu-lost': {
    en: 'The GPU stopped working: {detail}. Go on on the CPU from the last checkpoint.',
    zh: 'GPU 停止工作：{detail}。请从最近的检查点在 CPU 上继续。',
  },
  'backend.gpu-memory': {
    en: 'The GPU has not enough memory ({detail}). Take a smaller batch, or go on on the CPU.',
    zh: 'GPU 内存不足（{detail}）。请减小批量，或在 CPU 上继续。',
  },
  'backend.gpu-refused': {
    en: 'The GPU refused a command: {detail}. Go on on the CPU from the last checkpoint.',
    zh: 'GPU 拒绝了一条命令：{detail}。请从最近的检查点在 CPU 上继续。',
  },
  'backend.gpu-kernel': {
    en: 'The GPU cannot run “{got}”: {detail}. Compute on the CPU instead.',
    zh: 'GPU 无法运行“{got}”：{detail}。请改在 CPU 上计算。',
  },
  'backend.unavailable': { en: 'The backend “{got}” is not available here: {detail}.', zh: '此处无法使用后端“{got}”：{detail}。' },
} as const satisfies Record<string, Text>

export type DiagnosticCode = keyof typeof catalogue
