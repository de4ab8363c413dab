/** True for `npm run test:full`: as many messages, and outages as long, as promised. `npm test` makes do with fewer and shorter ones. */
export const fullSize = process.env['FULL_SIZE'] === '1';
