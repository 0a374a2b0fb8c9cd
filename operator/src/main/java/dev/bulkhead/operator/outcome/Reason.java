package dev.bulkhead.operator.outcome;

/**
 * Every reason a condition can give. Users' scripts compare them: a reason is never renamed, and
 * {@code docs/conditions.md} lists each.
 */
public enum Reason {
    // all is well
    Provisioned("Everything the Tenant asks for is in place."),
    AsPlanned("What was found is what was planned."),
    Available("All pods of all workflows are available."),
    NoWorkflows("The Tenant asks for no workflows."),
    Idle("Nothing to do."),
    Working("The operator is bringing the tenant to what its spec says."),
    Suspended("The Tenant is suspended: workloads stopped, logins and keys closed, data kept."),

    // the Tenant itself is wrong: waits for a change, no retry
    InvalidName("A name cannot be used."),
    InvalidSpec("A field of the spec cannot be used."),
    UnknownProfile("The TenantProfile does not exist."),
    InvalidProfile("The TenantProfile has a bound that is unknown or cannot be read."),
    LooserThanProfile("A field is looser than the profile allows."),
    ImageNotAllowed("The profile asks for images by digest."),
    DestinationRefused("A network destination touches the platform's own addresses."),
    UnknownPeer("The profile names no such peer."),
    GroupsNotAllowed("The profile allows no groups."),
    UnknownServer("The DatabaseServer does not exist, or serves another environment."),
    UnknownStore("The ObjectStore does not exist, or serves another environment."),
    ExtensionNotAllowed("The DatabaseServer does not offer the extension."),
    AdoptionRefused("The former identity cannot be adopted."),
    RequiredControlNotEnforceable("The platform cannot enforce a control that the profile requires."),

    // the world is in the way
    Conflict("Something of that name exists and is not this tenant's."),
    FormerIdentity("The name belonged to another tenant identity whose data is still there."),
    DataGone(
            "A schema or bucket that was made is not there any more. Nothing is made anew before a person has given it up."),
    UnclaimedData("A server or store holds data of tenants of which there is neither a Tenant nor a Tombstone."),
    CatalogueTooLarge(
            "The tenant made more in the database than is looked at one by one; it has to drop what it does not need."),
    KeySettling("A key that the object store made is not known everywhere there yet; it is waited for."),
    BucketsNotApart(
            "A key got out of its bucket on the object store, or it is not shown that none can: nobody is let in who is not."),
    NoCapacity("No server has room for another tenant."),
    SecretMissing("A Secret does not exist, or lacks something."),
    SecretForAnother("The Secret with the operator's account does not say that it is for this host."),
    KeyRingMissing("The tenant's keys are gone although the tenant exists."),
    KeyUnavailable("A key cannot be read."),
    DatabaseUnavailable("The database server does not answer."),
    DatabaseRefused("The database server refuses the operator."),
    DatabaseBusy("The database server holds a lock that the operator needs."),
    DatabaseQueued("Others come first at the database's one writer; the turn comes by itself."),
    LocksExceeded(
            "Sessions of the tenant held more of the database server's locks than one tenant may, and were ended."),
    TransactionTooLong("A transaction of the tenant was open for longer than any tenant's may, and was ended."),
    ObjectStoreUnavailable("The object store does not answer."),
    ObjectStoreRefused("The object store refuses the operator."),
    KubernetesRefused("The API server refuses a request of the operator."),
    KubernetesUnavailable("The API server does not answer."),
    WaitingFor("Something that comes first is not there yet."),
    PodsEnding("Pods of a tenant that is closed are still there; each has 30 seconds to end."),
    PodsUnavailable("Some pods are not available."),
    RollingOut("The pods of a new version are on their way, or those of the former still go; it goes on by itself."),
    RolloutStuck("The pods of a workflow's version do not come up, and Kubernetes says that it does not go on."),
    ImagePullFailed("An image cannot be pulled."),
    QuotaExceeded("The tenant's quota leaves no room."),
    ChangedByAdmission(
            "A webhook or policy of the platform changed what the operator wrote; it is written again until it stays."),
    NotEnforceable("The platform cannot do this."),
    NotLookedAt(
            "Nobody could look for longer than two of the operator's rounds, so nobody knows whether it is in force."),
    GuardTampered("Guard 0, the leash of the platform's own accounts, is missing or changed."),

    // jobs
    NextInTurn("Another job of the same tenant comes first."),
    UnknownTenant("The Tenant does not exist, or is being removed."),
    TookTooLong("It was not through in the time it may take; what it had begun is not undone."),

    // sealed values
    Opened("Every sealed value was opened."),
    SealedForAnother("A value was sealed for another tenant, namespace, name or key."),
    SealBroken("A value is not a sealed value, or was changed."),
    RolledBack("A value was sealed earlier than the one accepted before."),
    SealedInFuture("A value says that it was sealed at a time that is still to come."),
    UnknownSealKey("A value was sealed with a key version that is gone."),
    NotATenantNamespace(
            "The namespace belongs to no tenant; the operator may write nothing there, so only its log says this."),

    // proof and attestation
    NeverProbed("No probe has run yet."),
    Verified("Every control that isolates the tenant was proven, and the proof is fresh."),
    NotProven("Some controls that isolate the tenant are not proven."),
    BreachOpen("A probe got out of the compartment or into it, and nobody has acknowledged it yet."),
    OpenedByOthers(
            "What the operator wrote is in place, and a probe got through or found protection missing all the same."),
    ProofFresh("No proof is past its validity."),
    ProofStale("Some proof is past its validity."),
    ReportTooLong("The report has no room for everything that was found."),
    NotAttested("Nobody has attested it."),
    NotImplemented("This version of the operator does not do it."),
    NoBreach("No probe got through."),
    NotApplicable("Does not apply to this tenant."),

    // removal
    SuspendFirst("A Tenant for which anything was made is deleted only while spec.suspend is true."),
    Closing("The tenant is being closed."),
    Closed("The tenant is closed; its data is kept."),
    Unprepared("The server is not prepared yet."),

    /** Something unexpected; the message carries a correlation id that the operator's log explains. */
    InternalError("The operator met something it does not expect.");

    private final String meaning;

    Reason(String meaning) {
        this.meaning = meaning;
    }

    /** Whether only time is needed: nothing is worse than before, and nobody has to do anything. */
    public boolean isPassing() {
        return this == DatabaseQueued || this == KeySettling || this == PodsEnding;
    }

    /** Whether the platform is in the way, and not the Tenant. */
    public boolean isPlatform() {
        return switch (this) {
            case NoCapacity,
                    DatabaseUnavailable,
                    DatabaseRefused,
                    ObjectStoreUnavailable,
                    ObjectStoreRefused,
                    BucketsNotApart,
                    KeyUnavailable,
                    KeyRingMissing,
                    WaitingFor,
                    UnknownProfile,
                    Unprepared -> true;
            default -> false;
        };
    }

    /** What the reason means, in one sentence; the first sentence of its row in the docs. */
    public String meaning() {
        return meaning;
    }
}
