/** @file The part of the catalogue that is about data sets, files and measures of a table: codes and their sentences in both languages. */
import type { Text } from './text'

export const dataCatalogue = {
  // --- data sets and files (datasets/) ---
  'data.unknown': { en: 'There is no data set called “{got}”; there are: {expected}.', zh: '没有名为“{got}”的数据集；现有：{expected}。' },
  'data.option': {
    en: '{param} says nothing about “{got}”: leave it out, or give data of another kind ({expected}).',
    zh: '{param} 对“{got}”不起作用：请去掉它，或改用其他类型的数据（{expected}）。',
  },
  'data.missing': { en: 'The files of the data set “{got}” are not there.', zh: '找不到数据集“{got}”的文件。' },
  'data.unrecognised': {
    en: '“{got}” holds no data set that Netloom knows: expected a CSV file, a text file, a folder with one folder of images a class, or IDX files.',
    zh: '“{got}”不是 Netloom 认识的数据集：应为 CSV 文件、文本文件、每类一个子文件夹的图像文件夹，或 IDX 文件。',
  },
  'data.empty': { en: '{file} holds no samples.', zh: '{file} 中没有样本。' },
  'data.one-column': {
    en: '{file} has one column; to learn from it takes at least two: a feature and the label.',
    zh: '{file} 只有一列；训练至少需要两列：一列特征和一列标签。',
  },
  'data.columns': {
    en: '{file}, line {line}: expected {expected} columns, got {got}.',
    zh: '{file} 第 {line} 行：应有 {expected} 列，实际是 {got} 列。',
  },
  'data.quote': {
    en: '{file}, line {line}: a quotation mark (") opens a cell and nothing closes it; write "" for one inside a cell.',
    zh: '{file} 第 {line} 行：引号（"）未闭合；单元格内的引号请写作 ""。',
  },
  'data.number': {
    en: '{file}, line {line}, column {column}: “{got}” is not a number.',
    zh: '{file} 第 {line} 行第 {column} 列：“{got}”不是数字。',
  },
  'data.range': {
    en: '{file}, line {line}, column {column}: “{got}” is too large; single precision ends at 3.4e38.',
    zh: '{file} 第 {line} 行第 {column} 列：“{got}”过大，单精度最大约为 3.4e38。',
  },
  'data.label-column': {
    en: '{file} has no column called “{got}”; it has: {expected}.',
    zh: '{file} 没有名为“{got}”的列；现有：{expected}。',
  },
  'data.row-shape': {
    en: '{file}: a row has {got} values; the shape {shape} needs {expected}.',
    zh: '{file}：每行有 {got} 个值，而形状 {shape} 需要 {expected} 个。',
  },
  'data.class': {
    en: '{file}: the class “{got}” is not among those of the training data: {expected}.',
    zh: '{file}：训练数据中没有类别“{got}”；现有：{expected}。',
  },
  'data.text': { en: '{file} is not a UTF-8 text: save it in that encoding.', zh: '{file} 不是 UTF-8 文本：请以该编码保存。' },
  'data.text-length': {
    en: '{file} has {got} tokens; samples of this length need at least {expected}. Take fewer steps, or a longer text.',
    zh: '{file} 共有 {got} 个词元；此长度的样本至少需要 {expected} 个。请减少时间步数，或使用更长的文本。',
  },
  'data.image': { en: '{file} cannot be read as an image: {detail}.', zh: '无法将 {file} 读作图像：{detail}。' },
  'data.idx': { en: '{file} is not a sound IDX file: {detail}.', zh: '{file} 不是完好的 IDX 文件：{detail}。' },
  'data.no-classes': {
    en: 'The folder “{got}” needs one sub-folder a class with PNG or JPEG images.',
    zh: '文件夹“{got}”中应每类一个子文件夹，内含 PNG 或 JPEG 图像。',
  },
  'data.field': {
    en: 'The data set has nothing for this node: it offers {got}.',
    zh: '数据集中没有可以供给此节点的内容；现有：{got}。',
  },
  'data.misfit': {
    en: 'A sample of “{field}” has the shape {got}; this node takes {expected}.',
    zh: '“{field}”的一个样本形状为 {got}，而此节点需要 {expected}。',
  },
  'data.not-classes': {
    en: '“{field}” holds numbers, and this node takes classes: whole numbers from 0, or words. Set the target of the data to “class” so that each of its values is one (--set target=class), or choose a network that predicts numbers.',
    zh: '“{field}”是数值，而此节点需要类别：从 0 起的整数或文字。请将数据的目标设为“类别”，使每个取值各为一类（--set target=class），或选用预测数值的网络。',
  },
  'data.min-max': {
    en: 'Features cannot be scaled to a range from {got}: give a lower end below the upper one, 0 and 1 say.',
    zh: '无法把特征缩放到区间 {got}：下限须小于上限，例如 0 与 1。',
  },
  'data.augment.images': {
    en: 'Only images can be changed at random, and this data has none ({got}): switch the augmentation off, or choose image data.',
    zh: '只有图像可以随机变换，而此数据中没有图像（{got}）：请关闭数据增强，或选择图像数据。',
  },
  'data.labelled.unused': {
    en: 'Only some samples are to have labels, but the network does not ask which, so all teach by them: add inputs called {expected} and wire them as masks, or give all samples their labels.',
    zh: '设置了只有部分样本带标签，但网络并未读取哪些样本带标签，因此仍会学习全部标签：请添加名为 {expected} 的输入并接为掩码，或让全部样本带标签。',
  },
  'data.scale-target': {
    en: 'The data has no numbers to predict, so there is nothing to scale in the target: switch that off, or let the target be a number.',
    zh: '数据中没有要预测的数值，目标无从缩放：请关闭该选项，或将目标设为数值。',
  },
  'data.validation-fields': {
    en: 'The data to validate with is not like the data to train on: {got} instead of {expected}. Give it the same columns, in the same order, and images of the same size.',
    zh: '验证数据与训练数据的形式不同：应为 {expected}，实际是 {got}。请使两者的列及其顺序、图像尺寸保持一致。',
  },
  'data.augment.grey': {
    en: '“{got}” has {channels} channels and so no colours to change: set saturation and hue to 0.',
    zh: '“{got}”有 {channels} 个通道，没有可变换的颜色：请将饱和度和色相设为 0。',
  },
  'data.columns-memory': {
    en: '{file} needs more than {expected} MiB as a table of columns: leave out columns that are not looked at, or rows.',
    zh: '{file} 按列存放需要超过 {expected} MiB：请去掉不需要的列或部分行。',
  },
  // --- information measures of a table (information/) ---
  'information.column': {
    en: 'There is no column called “{got}”; there are: {expected}.',
    zh: '没有名为“{got}”的列；现有：{expected}。',
  },
  'information.categories': {
    en: 'The column “{got}” has more than {expected} different values, and not only numbers (line {line}: “{word}”): merge rare values in the file, or choose another column.',
    zh: '列“{got}”有超过 {expected} 个不同的值，且不全是数字（第 {line} 行：“{word}”）：请在文件中合并罕见的值，或选择其他列。',
  },
  'information.classes': {
    en: 'More than {expected} different classes or tokens occur in “{got}”: choose another column, or a smaller vocabulary.',
    zh: '“{got}”中出现了超过 {expected} 个不同的类别或词元：请选择其他列，或使用更小的词表。',
  },
  'information.unbinned': {
    en: 'The column “{got}” has more than {expected} different numbers: count it in bins, of equal width or of equal numbers of rows.',
    zh: '列“{got}”有超过 {expected} 个不同的数：请按等宽或等频分箱后计数。',
  },
  'information.bins': {
    en: 'Numbers are counted in {low} to {high} bins, not in {got}.',
    zh: '分箱数应为 {low} 到 {high}，而不是 {got}。',
  },
  'information.nothing': {
    en: 'Nothing here can be counted: “{got}” has neither classes nor numbers in columns. Choose data with labels, or a CSV file.',
    zh: '“{got}”既没有类别，也没有数值列，无法计数：请选择带标签的数据或 CSV 文件。',
  },
} as const satisfies Record<string, Text>
