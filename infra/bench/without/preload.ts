// Loaded into a service before its own code (`node --import`): makes the changes that the variable BENCH_CHANGES names.
import { registerHooks } from 'node:module';
import { type Change, type ChangeName, changed, changes } from './changes.ts';

const wanted: readonly Change[] = changes[process.env['BENCH_CHANGES'] as ChangeName];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const change = wanted.find(({ file }) => url.endsWith(`/${file}`));
    return change ? { ...loaded, source: changed(String(loaded.source), change) } : loaded;
  },
});
