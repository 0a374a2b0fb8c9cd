package dev.bulkhead.operator.database;

import java.sql.SQLException;

/** Others come first at the writer of the database, and this one's patience is over. Its place is kept. */
final class WriterBusy extends SQLException {
    private static final long serialVersionUID = 1;

    private final int before;

    /**
     * Says how many come first.
     *
     * @param before places in front, the one that writes included
     */
    WriterBusy(int before) {
        super("others come first at the writer of this database", "55P03");
        this.before = before;
    }

    /** Places in front. */
    int before() {
        return before;
    }
}
