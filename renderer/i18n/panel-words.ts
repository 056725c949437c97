/** @file Words of the problems list. */
import { defineWords } from './i18n'

export const panelWords = defineWords('panels', {
  noProblems: { en: 'No problems', zh: '没有问题' },
  noProblemsHint: { en: 'Every wire fits and every parameter is in range.', zh: '所有连线都匹配，所有参数都有效。' },
  error: { en: 'Error', zh: '错误' },
  warning: { en: 'Warning', zh: '警告' },
  instances: { en: 'in {count} instances', zh: '出现在 {count} 个实例中' },
  showNode: { en: 'Show this node', zh: '定位此节点' },
})
