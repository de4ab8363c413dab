import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linePlot } from './line-plot.ts';

test('the largest values reach the ends of the axes, and what is half as large the middle', () => {
  const points = [
    [0, 0],
    [5, 50],
    [10, 100],
  ] as const;
  const svg = linePlot('Speed & time', { x: 'seconds', y: 'orders' }, [{ name: 'one', points }]);
  assert.match(svg, /points="60\.0,312\.0 370\.0,182\.0 680\.0,52\.0"/);
  assert.match(svg, /Speed &amp; time/);
});

test('without a point there is an empty picture, and no nonsense', () => {
  assert.doesNotMatch(linePlot('Nothing', { x: '', y: '' }, [{ name: 'none', points: [] }]), /NaN|Infinity/);
});
