package dev.bulkhead.e2e.stack;

import java.nio.file.Path;

/**
 * The programs of the stack, all present.
 *
 * @param postgresHome folder with {@code bin/initdb} and {@code bin/postgres}
 */
public record Software(Path etcd, Path apiServer, Path controllerManager, Path kubectl, Path weed, Path postgresHome) {}
