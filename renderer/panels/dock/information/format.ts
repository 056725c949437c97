/** @file Shares as people read them. In: a number from 0 to 1. Out: four decimals. */
export const formatProbability = (p: number): string => p.toFixed(4)
