package dev.bulkhead.api.openreports;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** {@code Report} of openreports.io: what was found about one tenant, in that tenant's namespace. */
@Group(ReportContent.GROUP)
@Version(ReportContent.VERSION)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonDeserialize(using = JsonDeserializer.None.class)
public final class Report extends ReportContent implements Namespaced {
    private static final long serialVersionUID = 1;
}
