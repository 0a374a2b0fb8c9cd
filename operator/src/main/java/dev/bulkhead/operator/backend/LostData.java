package dev.bulkhead.operator.backend;

/**
 * Of how many tenants a server or store has lost the data.
 *
 * @param gone tenants whose data was made there and is not there any more
 * @param all tenants whose data was made there
 */
record LostData(int gone, int all) {
    /** Nothing is lost, as far as anybody knows. */
    static final LostData NONE = new LostData(0, 0);

    /** The loss of one tenant is that tenant's; of several, or of all, it is the server that is not what it was. */
    boolean isTheServers() {
        return gone > 1 || (gone > 0 && gone == all);
    }

    /** What follows what is said of a server that is well; empty when nothing is lost. */
    String aside() {
        return gone == 0 ? "" : "; " + text();
    }

    /** What is so and what to do. */
    String told() {
        return text() + ": it was emptied, restored to an earlier time, or is another one than before. Nothing is made"
                + " anew there; restore the data or correct the address. Each of these Tenants says what it misses";
    }

    private String text() {
        return "the data of " + gone + " of " + all + " tenants is not there any more";
    }
}
