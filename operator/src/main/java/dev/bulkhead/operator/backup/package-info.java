/**
 * When backups are due, which of them stay, what one consists of, and the file of one (TSB1): what is written to it is encrypted,
 * and nothing is read from it that was not written so. The bytes stand in {@code docs/backup-format.md}. Nothing here knows a
 * database, a store, a cluster or a clock of its own.
 */
@NullMarked
package dev.bulkhead.operator.backup;

import org.jspecify.annotations.NullMarked;
