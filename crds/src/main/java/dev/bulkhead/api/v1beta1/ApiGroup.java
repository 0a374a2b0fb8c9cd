package dev.bulkhead.api.v1beta1;

/** Constants of the API group. */
public final class ApiGroup {
    /** The API group of every Bulkhead kind. */
    public static final String NAME = "bulkhead.dev";

    /** The only version served. */
    public static final String VERSION = "v1beta1";

    /** {@code apiVersion} of every Bulkhead kind. */
    public static final String API_VERSION = NAME + "/" + VERSION;

    /**
     * An ISO 8601 period or duration such as {@code P90D}, {@code P24M} or {@code PT30S}; never zero or negative. The
     * API server's expressions (RE2) have no look-ahead, so {@code P} alone is refused by a least length of
     * {@link #DURATION_MIN}, not here.
     */
    public static final String DURATION =
            "^P([1-9][0-9]{0,4}Y)?([1-9][0-9]{0,4}M)?([1-9][0-9]{0,4}W)?([1-9][0-9]{0,4}D)?"
                    + "(T([1-9][0-9]{0,5}H([1-9][0-9]{0,5}M)?([1-9][0-9]{0,6}S)?|[1-9][0-9]{0,5}M([1-9][0-9]{0,6}S)?"
                    + "|[1-9][0-9]{0,6}S))?$";

    /** The shortest duration, such as {@code P1D}. */
    public static final int DURATION_MIN = 3;

    /** A DNS-1123 label of at most 63 characters. */
    public static final String LABEL = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";

    /** A Kubernetes quantity, positive, in the forms people write: {@code 500m}, {@code 8}, {@code 16Gi}. */
    public static final String QUANTITY = "^(0|[1-9][0-9]{0,8})(\\.[0-9]{1,3})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$";

    /** A device or another resource of nodes beside CPU, memory and disk, such as {@code nvidia.com/gpu}. */
    public static final String DEVICE =
            "^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$";

    /** A calendar day, {@code YYYY-MM-DD}; whether the day exists is checked besides. */
    public static final String DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

    /** A time as RFC 3339 writes it; whether the day exists is checked besides. */
    public static final String TIME =
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

    /** Name of a Secret or another object in a namespace: a DNS-1123 subdomain. */
    public static final String OBJECT = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$";

    /** Name of a PostgreSQL extension. */
    public static final String EXTENSION = "^[a-z][a-z0-9_-]*$";

    /** An identity: a UUID in lower case. */
    public static final String IDENTITY = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

    /** A container image; a digest, where there is one, is a whole SHA-256. */
    public static final String IMAGE = "^[a-z0-9][A-Za-z0-9._:/-]*(@sha256:[0-9a-f]{64})?$";

    /** Text that people read: no control, format or line-break characters, which could disguise or forge other text. */
    public static final String TEXT = "^[^\\p{C}\\p{Zl}\\p{Zp}]+$";

    /** A user or group as the API server knows it: neither blanks nor invisible characters nor wildcards. */
    public static final String SUBJECT = "^[^\\p{Z}\\p{C}*]+$";

    /** A host name of at least two labels, lower case; international names in their {@code xn--} form. */
    public static final String HOST = "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$";

    /** A host name or an address, IPv6 in brackets, and a port. */
    public static final String HOST_AND_PORT =
            "^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\]):[1-9][0-9]{0,4}$";

    private ApiGroup() {}
}
