import { mainService } from '@kinemacolor/lifecycle';
import { decoderSettings } from './config.js';
import { startDecoder } from './service.js';

/*
 * decoder: container bytes in (source.<job>), small luma out (luma.<job>). It holds nothing that another decoder could not make
 * again from the source.
 */
await mainService('decoder', decoderSettings, startDecoder);
