package dev.bulkhead.api.v1beta1;

/** Constants of the API group. */
public final class ApiGroup {
    /** The API group of every Bulkhead kind. */
    public static final String NAME = "bulkhead.dev";

    /** The only version served. */
    public static final String VERSION = "v1beta1";

    /** {@code apiVersion} of every Bulkhead kind. */
    public static final String API_VERSION = NAME + "/" + VERSION;

    /** An ISO 8601 period or duration such as {@code P90D}, {@code P24M} or {@code PT30S}; never zero or negative. */
    public static final String DURATION =
            "^P(?!$)(\\d{1,5}Y)?(\\d{1,5}M)?(\\d{1,5}W)?(\\d{1,5}D)?(T(?=\\d)(\\d{1,5}H)?(\\d{1,6}M)?(\\d{1,7}S)?)?$";

    /** A DNS-1123 label of at most 63 characters. */
    public static final String LABEL = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";

    /** A Kubernetes quantity, positive, in the forms people write: {@code 500m}, {@code 8}, {@code 16Gi}. */
    public static final String QUANTITY = "^(0|[1-9][0-9]{0,8})(\\.[0-9]{1,3})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$";

    private ApiGroup() {}
}
