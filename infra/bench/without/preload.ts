// Loaded into a service before its own code (`node --import`): leaves out the part that the variable BENCH_WITHOUT names.
import { registerHooks } from 'node:module';
import { type Change, changed, type Part, without } from './changes.ts';

const changes: readonly Change[] = without[process.env['BENCH_WITHOUT'] as Part];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const change = changes.find(({ file }) => url.endsWith(`/${file}`));
    return change ? { ...loaded, source: changed(String(loaded.source), change) } : loaded;
  },
});
