package dev.bulkhead.operator.objectstore;

/**
 * When data goes that nobody sees any more; expired delete markers go at once.
 *
 * @param noncurrentDays after an object was overwritten or deleted
 * @param abortMultipartDays after an upload was begun and not finished
 */
public record BucketLifecycle(int noncurrentDays, int abortMultipartDays) {}
