package dev.bulkhead.operator.part;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;

/** A part that has something to tell in a Secret of the tenant's namespaces, once it is in place. */
public interface Delivering {
    /** Which part. */
    PartId id();

    /** Name of the Secret, the same in every namespace. */
    String secretName();

    /** One for each namespace that asks for it. Pure. */
    List<PlannedSecret> secrets(ValidTenant tenant, Prepared state);
}
