// A container's health check: exit code 0 when a URL of its service answers with success. Not by
// `fetch`, which takes twice the processor time to load, and this runs every few seconds.
import { get } from 'node:http';

get(process.argv[2], ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () =>
  process.exit(1),
);
