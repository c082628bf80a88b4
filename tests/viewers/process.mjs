// Other programs, and the end of a test.
import { execFileSync } from 'node:child_process';

import { splatTransformProgram } from './package.mjs';

// Exit code of a test that CTest counts as skipped.
const skipped = 77;

export function runProgram(program, args, environment = {}) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...environment } });
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.message}\n${error.stdout ?? ''}`);
  }
}

export function splatTransform(args, environment = {}) {
  return runProgram(process.execPath, [splatTransformProgram, '--overwrite', '--quiet', ...args], environment);
}

export function skip(reason) {
  console.log(`Skipped: ${reason}`);
  process.exit(skipped);
}

// Collects what went wrong, so that one run shows all of it.
export class Checks {
  failures = [];

  expect(condition, message) {
    if (!condition) this.failures.push(message);
    return condition ? 'ok' : 'FAILED';
  }

  finish() {
    for (const failure of this.failures) console.error(`error: ${failure}`);
    process.exit(this.failures.length === 0 ? 0 : 1);
  }
}
