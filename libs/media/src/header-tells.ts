/** Whether films in a container, by ffmpeg's name, tell their duration at their beginning. */
export const headerTells = (container: string): boolean => /mov|matroska|avi|flv|asf/.test(container);
