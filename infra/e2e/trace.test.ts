import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, missingPaths, orphans, roots } from './trace.ts';
import type { ReceivedSpan } from './trace-receiver.ts';

function span(spanId: string, name: string, parentSpanId?: string): ReceivedSpan {
  const rest = { service: 'order', traceId: '1', kind: 'internal', attributes: {}, links: [] } as const;
  return { ...rest, spanId, name, ...(parentSpanId && { parentSpanId }) };
}

const spans = [span('a', 'place'), span('b', 'store', 'a'), span('c', 'send', 'gone')];

test('a path is there when each step stands in the one before it', () => {
  deepStrictEqual(missingPaths(spans, [['order: place', 'order: store'], ['order: place']]), []);
  deepStrictEqual(missingPaths(spans, [['order: store'], ['order: place', 'order: send']]), [
    'order: store',
    'order: place → order: send',
  ]);
});

test('a span whose parent has not come is an orphan, and one without a parent a root', () => {
  deepStrictEqual(orphans(spans), ['order: send']);
  deepStrictEqual(roots(spans), ['order: place']);
});

test('a trace can be looked at', () => {
  deepStrictEqual(drawn(spans), 'order: place\n  order: store');
});
