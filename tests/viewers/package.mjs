// The installed programs of others. They lie outside the checkout, where plain imports would not find them.
import { createRequire } from 'node:module';
import path from 'node:path';

export const modulesFolder = process.env.SPLAT_TEST_MODULES;
export const chromiumPath = process.env.SPLAT_TEST_CHROMIUM;
export const { chromium } = createRequire(path.join(modulesFolder, 'any.js'))('playwright-core');
export const splatTransformProgram = path.join(modulesFolder, '@playcanvas/splat-transform/bin/cli.mjs');
