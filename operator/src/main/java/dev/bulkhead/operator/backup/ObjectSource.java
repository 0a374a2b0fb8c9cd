package dev.bulkhead.operator.backup;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Objects one after the other, none held longer than it is looked at: sorted by the bytes of their keys, each key once. */
@FunctionalInterface
public interface ObjectSource<T> {
    /** The next one; null when there is none left. */
    @Nullable
    T next() throws IOException;
}
