/** How long `wait` may be at most. Whatever passes a call on, or makes it take longer, is measured by this. */
export const longestWaitSeconds = 60;
