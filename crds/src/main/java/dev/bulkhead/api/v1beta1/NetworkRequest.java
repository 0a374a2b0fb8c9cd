package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may enter and leave a tenant's namespaces besides its own traffic, DNS, its database and its bucket. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NetworkRequest(
        @Size(max = 20)
        @JsonPropertyDescription(
                "Platform peers that may connect to the tenant's pods, by the names the" + " profile gives them.")
        List<@Size(min = 1, max = 63) @Pattern(ApiGroup.LABEL) String> ingressFrom,

        @Size(max = 50)
        @JsonPropertyDescription("Named destinations outside the cluster that the tenant's pods may reach.")
        List<Destination> egress) {

    /** Makes lists immutable and absent lists empty. */
    public NetworkRequest {
        ingressFrom = Lists.copy(ingressFrom);
        egress = Lists.copy(egress);
    }

    /** Nothing in, nothing out. */
    public static NetworkRequest none() {
        return new NetworkRequest(List.of(), List.of());
    }

    /** One destination: address ranges, or host names for the egress gateway. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(
            value = "has(self.cidrs) != has(self.hosts)",
            message = "give either cidrs or hosts: a network policy knows addresses only")
    @ValidationRule(
            value = "!has(self.cidrs) || self.cidrs.all(c, isCIDR(c) && cidr(c) == cidr(c).masked())",
            message = "cidrs are address ranges from their first address on, such as 203.0.113.0/24, 192.0.2.7/32 or"
                    + " 2001:db8::/32; no IPv4-mapped addresses")
    @ValidationRule(
            value = "!has(self.cidrs) || self.cidrs.all(c, !isCIDR(c) || cidr(c).prefixLength()"
                    + " >= (cidr(c).ip().family() == 4 ? 8 : 16))",
            message = "a range wider than /8 (IPv4) or /16 (IPv6) is not a destination but the internet; name the"
                    + " addresses that are needed")
    @ValidationRule(
            value = "!has(self.hosts) || self.hosts.all(h, h.matches('" + ApiGroup.HOST + "'))",
            message = "hosts are full DNS names in lower case, such as api.example.com; no '*', no addresses,"
                    + " international names in their xn-- form")
    public record Destination(
            @Required
            @Size(min = 1, max = 40)
            @Pattern(ApiGroup.LABEL)
            @JsonPropertyDescription("Name of the destination; becomes part of the NetworkPolicy's name.")
            String name,

            @Size(min = 1, max = 50)
            @JsonPropertyDescription("Address ranges in CIDR notation. Ranges of the cluster's pods, services"
                    + " and nodes and of link-local addresses are cut out, or refused when nothing is left.")
            @Nullable
            List<@Size(min = 3, max = 49) String> cidrs,

            @Size(min = 1, max = 50)
            @JsonPropertyDescription(
                    "Host names. Recorded for the egress gateway; until there is one, traffic" + " to them is denied.")
            @Nullable
            List<@Size(min = 1, max = 253) String> hosts,

            @Required @Size(min = 1, max = 20) @JsonPropertyDescription("Ports that may be reached.")
            List<Port> ports,

            @Size(min = 1, max = 63)
            @Pattern(ApiGroup.LABEL)
            @JsonPropertyDescription("Name of the sub-processor behind the destination (Art. 28(4) GDPR).")
            @Nullable
            String subprocessor) {

        /** Makes lists immutable. Absent address lists stay absent: exactly one of them is given. */
        public Destination {
            cidrs = cidrs == null ? null : List.copyOf(cidrs);
            hosts = hosts == null ? null : List.copyOf(hosts);
            ports = Lists.copy(ports);
        }
    }

    /** A port or a range of ports. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(value = "!has(self.endPort) || self.endPort >= self.port", message = "endPort is below port")
    public record Port(
            @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port, or first port of a range.")
            Integer port,

            @Min(1) @Max(65535) @JsonPropertyDescription("Last port of a range.") @Nullable
            Integer endPort,

            @Default("TCP") @JsonPropertyDescription("TCP or UDP.")
            Protocol protocol) {

        /** Fills in what is absent. */
        public Port {
            protocol = protocol == null ? Protocol.TCP : protocol;
        }
    }

    /** Transport protocols that a tenant may use. */
    public enum Protocol {
        TCP,
        UDP
    }
}
