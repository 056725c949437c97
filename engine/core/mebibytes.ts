/** @file Sizes of memory in words. In: bytes. Out: “12 MiB”, rounded up. */
export const inMebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`
