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

    private ApiGroup() {}
}
