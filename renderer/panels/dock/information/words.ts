/** @file Words of the information pane. */
import { defineWords } from '../../../i18n/i18n'

export const informationWords = defineWords('information', {
  // --- what is looked at ---
  data: { en: 'Data to measure', zh: '要度量的数据' },
  ofDocument: { en: '{name} (this network)', zh: '{name}（当前网络）' },
  otherData: { en: 'Other data', zh: '其他数据' },
  chooseTable: { en: 'CSV …', zh: 'CSV…' },
  chooseTableHint: { en: 'Look at a CSV file; the network keeps its own data', zh: '查看一个 CSV 文件，网络仍使用自己的数据' },
  dropTable: { en: 'Drop a CSV file to look at it', zh: '松开以查看 CSV 文件' },
  variable: { en: 'Variable {letter}', zh: '变量 {letter}' },
  countedAs: { en: 'How {letter} is counted', zh: '{letter} 的计数方式' },
  asTheyAre: { en: 'each value', zh: '逐个取值' },
  ofWidth: { en: 'Bins of equal width', zh: '等宽分箱' },
  ofQuantile: { en: 'Bins equally full', zh: '等频分箱' },
  bins: { en: '{count} bins', zh: '{count} 等宽箱' },
  quantiles: { en: '{count} quantiles', zh: '{count} 等频箱' },
  tooMany: { en: '{column} (too many values)', zh: '{column}（取值过多）' },
  swap: { en: 'Swap X and Y', zh: '交换 X 与 Y' },
  rows: { en: '{count} rows', zh: '{count} 行' },
  heldOut: { en: '{count} to validate', zh: '其中 {count} 行用于验证' },
  heldApart: { en: '{count} more to validate', zh: '另有 {count} 行用于验证' },
  categoriesCount: { en: '{count} categories', zh: '{count} 个类别' },
  // --- distributions ---
  distribution: { en: 'Distribution of {letter}', zh: '{letter} 的分布' },
  category: { en: 'Category', zh: '类别' },
  probability: { en: 'p', zh: 'p' },
  probabilityHint: { en: 'Share of the rows', zh: '占总行数的比例' },
  surprise: { en: '−log₂ p', zh: '−log₂ p' },
  surpriseHint: {
    en: 'Self-information in bits: the rarer a category, the more it says',
    zh: '自信息（比特）：类别越罕见，信息量越大',
  },
  countOf: { en: '{category}: {count} rows', zh: '{category}：{count} 行' },
  // --- the joint table ---
  joint: { en: 'Joint table', zh: '联合分布表' },
  counts: { en: 'Counts', zh: '计数' },
  countsHint: { en: 'How many rows have both', zh: '同时取这两个值的行数' },
  probabilities: { en: 'Probabilities', zh: '概率' },
  probabilitiesHint: { en: 'p(x, y): the share of all rows', zh: 'p(x, y)：占总行数的比例' },
  pointwise: { en: 'PMI', zh: '点互信息' },
  pointwiseHint: {
    en: 'Pointwise mutual information in bits: above 0 more often together than if X and Y were independent, below 0 more rarely',
    zh: '点互信息（比特）：大于 0 表示比相互独立时更常同时出现，小于 0 则更少',
  },
  cell: { en: '{x} & {y}: {count} rows, p = {p}, PMI {pmi} bits', zh: '{x} 且 {y}：{count} 行，p = {p}，点互信息 {pmi} 比特' },
  cellHint: {
    en: 'X by rows, Y by columns; arrow keys move',
    zh: 'X 为行，Y 为列；指向一个单元格，或用方向键移动',
  },
  oneColumn: { en: 'One column', zh: '只有一列' },
  oneColumnHint: {
    en: 'This data has labels but no other column that can be counted. A joint table needs two: choose a CSV file, or “{example}”.',
    zh: '此数据除标签外没有可计数的列。联合分布表需要两列：请选择 CSV 文件，或“{example}”。',
  },
  // --- measures ---
  measures: { en: 'Measures in bits', zh: '度量（比特）' },
  overlap: { en: 'What X and Y know of each other, to scale', zh: 'X 与 Y 的信息关系（按比例）' },
  entropyX: {
    en: 'Entropy: what a value of X says on average; at most {most} for {count} categories.',
    zh: '熵：X 的一个取值平均带来的信息；{count} 个类别时最多 {most}。',
  },
  entropyY: {
    en: 'Entropy: what a value of Y says on average; at most {most} for {count} categories.',
    zh: '熵：Y 的一个取值平均带来的信息；{count} 个类别时最多 {most}。',
  },
  jointEntropy: { en: 'Joint entropy: what a pair of values says on average.', zh: '联合熵：一对取值平均带来的信息。' },
  xGivenY: { en: 'Conditional entropy: what is still unknown of X once Y is known.', zh: '条件熵：已知 Y 之后 X 仍剩余的不确定性。' },
  yGivenX: { en: 'Conditional entropy: what is still unknown of Y once X is known.', zh: '条件熵：已知 X 之后 Y 仍剩余的不确定性。' },
  mutual: {
    en: 'Mutual information: what knowing one says of the other; 0 when they are independent.',
    zh: '互信息：知道其中一个能获得的关于另一个的信息；相互独立时为 0。',
  },
  chance: {
    en: 'What I(X;Y) comes to on average in {count} rows when X and Y are independent: less than this means nothing.',
    zh: 'X 与 Y 独立时，{count} 行数据中 I(X;Y) 的平均值：低于此值没有意义。',
  },
  relativeXY: {
    en: 'KL divergence: bits wasted on X by a code made for Y; infinite where Y never has what X has.',
    zh: 'KL 散度：用为 Y 设计的编码表示 X 所浪费的比特；若 Y 从不取 X 的某个值则为无穷。',
  },
  relativeYX: { en: 'KL divergence: bits wasted on Y by a code made for X.', zh: 'KL 散度：用为 X 设计的编码表示 Y 所浪费的比特。' },
  shiftForward: {
    en: 'KL divergence of {column}, training to validation: 0 when both parts are alike, infinite where validation lacks a category.',
    zh: '{column} 从训练到验证部分的 KL 散度：两部分分布相同时为 0，验证部分缺少某个类别时为无穷。',
  },
  shiftBackward: {
    en: 'KL divergence of {column}, validation to training: infinite where validation has a category that training never saw.',
    zh: '{column} 从验证到训练部分的 KL 散度：验证部分出现训练中没有的类别时为无穷。',
  },
  // --- states ---
  nothingTitle: { en: 'Nothing to measure here', zh: '此处没有可度量的内容' },
  nothingHint: { en: 'Choose other columns or other data on the left.', zh: '请在左侧选择其他列或其他数据。' },
  anew: { en: 'Choose columns anew', zh: '重新选择列' },
  engineGone: { en: 'The engine is not running; the measures appear when it is.', zh: '引擎未运行；引擎就绪后将显示度量结果。' },
})
