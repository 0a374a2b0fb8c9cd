package dev.bulkhead.api.openreports;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** {@code ClusterReport} of openreports.io: what was found about the platform. */
@Group(ReportContent.GROUP)
@Version(ReportContent.VERSION)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonDeserialize(using = JsonDeserializer.None.class)
public final class ClusterReport extends ReportContent {
    private static final long serialVersionUID = 1;
}
