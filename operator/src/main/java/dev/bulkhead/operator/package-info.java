/** The operator as a process: commands, wiring, health. Everything is put together by hand here. */
@NullMarked
package dev.bulkhead.operator;

import org.jspecify.annotations.NullMarked;
