/**
 * The present of all test blocks: it fills missing years and dates, so that a block that passes here
 * passes anywhere and in any year. Stamps without a zone are UTC.
 */
export const testNow = Date.UTC(2026, 11, 31, 23, 59, 59);
