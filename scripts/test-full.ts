// npm run test:full -- failures: the tests of that name at their full size, which takes many minutes.
process.env['FULL_SIZE'] = '1';
await import('./test.ts');
