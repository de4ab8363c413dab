import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Secret {
  readonly looks: RegExp;
  /** In parts, or this file would be found. */
  readonly example: string;
}

/** What opens something, by looks that nothing else has. */
const secrets: Readonly<Record<string, Secret>> = {
  'a private key': {
    looks: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY/,
    example: ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' '),
  },
  'an access key of AWS': { looks: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, example: `AKIA${'ABCD'.repeat(4)}` },
  'a token of GitHub': {
    looks: /\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{22,}/,
    example: `ghp_${'a1B2'.repeat(9)}`,
  },
  'a token of GitLab': { looks: /\bglpat-[\w-]{20,}/, example: `glpat-${'a1B2'.repeat(5)}` },
  'a token of npm': { looks: /\bnpm_[A-Za-z0-9]{36}\b/, example: `npm_${'a1B2'.repeat(9)}` },
  'a token of PyPI': { looks: /\bpypi-AgEI[\w-]{50,}/, example: `pypi-AgEI${'a1B2'.repeat(13)}` },
  'a token of Slack': { looks: /\bxox[abprs]-[\w-]{10,}/, example: `xoxb-${'1234'.repeat(4)}` },
  'a live key of a payment provider': {
    looks: /\b[sr]k_live_[A-Za-z0-9]{16,}/,
    example: `sk_live_${'a1B2'.repeat(5)}`,
  },
  'a key of Google': { looks: /\bAIza[\w-]{35}\b/, example: `AIza${'a1B2c'.repeat(7)}` },
  'a signed web token': {
    looks: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/,
    example: ['eyJhbGciOiJIUzI1', 'eyJzdWIiOiIxMjM0', 'c2lnbmF0dXJlLW9mLWl0LWFsbA'].join('.'),
  },
  'a number of a payment card': {
    looks: /\b(?:4\d{3}|5[1-5]\d{2})[ -]\d{4}[ -]\d{4}[ -]\d{4}\b/,
    example: ['4111', '1111', '1111', '1111'].join(' '),
  },
};

/** Every file that is handed to others. */
const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean);

describe('the repository', () => {
  test('holds no secret', async () => {
    ok(files.length > 500);
    const found: string[] = [];
    for (const file of files) {
      const text = await readFile(`${root}${file}`, 'latin1').catch(() => '');
      for (const [name, { looks }] of Object.entries(secrets)) {
        if (looks.test(text)) found.push(`${file} holds ${name}`);
      }
    }
    deepStrictEqual(found, []);
  });

  for (const [name, { looks, example }] of Object.entries(secrets)) {
    test(`${name} would be found`, () => match(`TOKEN="${example}"`, looks));
  }

  test('holds no file that is made for secrets', () => {
    const made =
      /(^|\/)(\.env|\.npmrc|\.netrc|\.pypirc|id_(rsa|ed25519|ecdsa)|admin-token)$|\.(pem|key|p12|jks)$/;
    deepStrictEqual(
      files.filter((file) => made.test(file)),
      [],
    );
  });
});

describe('the image', () => {
  test('is built without anything that is hidden or private', async () => {
    const lines = (await readFile(`${root}.dockerignore`, 'utf8')).split('\n');
    // .env, .git, .local with the admin token, whatever an editor keeps.
    ok(lines.includes('**/.*'));
    ok(lines.includes('**/*.log'));
    deepStrictEqual(
      lines.filter((line) => line.startsWith('!')),
      [],
      'nothing is taken in again',
    );
  });

  test('is handed no secret while it is built', async () => {
    const dockerfile = await readFile(`${root}infra/images/Dockerfile`, 'utf8');
    deepStrictEqual(dockerfile.match(/^(ARG|ADD|ENV (?!NODE_ENV=)).*/gm), null);
    ok(!/token|secret|password/i.test(dockerfile));
  });
});
