package dev.bulkhead.operator.probe.database;

/** Names out of the catalogue, which tenants choose, as they may stand in a message. */
final class Shown {
    private static final int LONGEST = 63;

    private Shown() {}

    /** The name, without what could disguise or forge other text. */
    static String name(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_.$ -]", "?");
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST - 1) + "…";
    }
}
