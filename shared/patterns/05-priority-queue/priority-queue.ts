/** From the most urgent to the least. */
export const levels = ['high', 'normal', 'low'] as const;

export type Level = (typeof levels)[number];
