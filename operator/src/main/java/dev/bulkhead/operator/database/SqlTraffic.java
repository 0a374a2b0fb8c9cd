package dev.bulkhead.operator.database;

/** Hears of every exchange with a server: for metrics, and for tests that count or cut the wire. */
public interface SqlTraffic {
    /** Hears nothing. */
    SqlTraffic UNHEARD = new SqlTraffic() {};

    /** What an exchange is for. */
    enum TrafficKind {
        /** Reads the catalogue. */
        LOOK,
        /** Changes something. */
        WRITE,
        /** Makes changes last. */
        COMMIT,
        /** Ends sessions. */
        TERMINATE,
        /** Tries a log-in. */
        LOGIN
    }

    /**
     * Before the exchange.
     *
     * @param statements how many statements travel in it
     */
    default void sending(TrafficKind kind, String database, int statements) {}

    /** After the server's answer. */
    default void answered(TrafficKind kind, String database) {}
}
