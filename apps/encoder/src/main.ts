import { mainService } from '@kinemacolor/lifecycle';
import { encoderSettings } from './config.js';
import { startEncoder } from './service.js';

/*
 * encoder: chroma in (chroma.<job>), the source once more (source.<job>), the colour film out (result.<job>). What it has encoded
 * it keeps in segment.<job>, from where another encoder goes on.
 */
await mainService('encoder', encoderSettings, startEncoder);
