{{/* Labels of every object. */}}
{{- define "bulkhead.labels" -}}
{{ include "bulkhead.selector" . }}
{{ include "bulkhead.labels.release" . }}
{{- end }}

{{/* Labels of what is selected by them as a part's. Called with root and name. */}}
{{- define "bulkhead.part.labels" -}}
{{ include "bulkhead.part.selector" . }}
{{ include "bulkhead.labels.release" .root }}
{{- end }}

{{- define "bulkhead.labels.release" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: bulkhead
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels that select the operator's pods. */}}
{{- define "bulkhead.selector" -}}
app.kubernetes.io/name: bulkhead-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels that select the pods of a part beside the operator. Called with root and name. */}}
{{- define "bulkhead.part.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "bulkhead.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Image of the pods that try connections. */}}
{{- define "bulkhead.prober.image" -}}
{{ .Values.prober.podImage | default (include "bulkhead.image" .) }}
{{- end }}

{{/* Where key rings and admin logins lie. Beside the master key they would be no safer than the key. */}}
{{- define "bulkhead.keysNamespace" -}}
{{- if eq .Values.keysNamespace .Release.Namespace -}}
{{- fail (printf "keysNamespace is the release's own namespace, %s, where the master key lies: name another, such as bulkhead-keys" .Release.Namespace) -}}
{{- end -}}
{{ .Values.keysNamespace }}
{{- end }}

{{/* The operator as the API server knows it. */}}
{{- define "bulkhead.username" -}}
system:serviceaccount:{{ .Release.Namespace }}:bulkhead-operator
{{- end }}

{{/* The prober as the API server knows it. */}}
{{- define "bulkhead.prober.username" -}}
system:serviceaccount:{{ .Release.Namespace }}:bulkhead-prober
{{- end }}

{{/* What the operator reads at start. */}}
{{- define "bulkhead.config" -}}
platform:
  operatorNamespace: {{ .Release.Namespace }}
  keysNamespace: {{ include "bulkhead.keysNamespace" . }}
  podSecurityVersion: {{ .Values.platform.podSecurityVersion }}
  {{- range $list := list "podCidrs" "serviceCidrs" "nodeCidrs" }}
  {{- $cidrs := index $.Values.platform $list }}
  {{- if not $cidrs }}
  {{- fail (printf "platform.%s is empty: tenants are kept away from these addresses, so they have to be known. Set it to the ranges of your cluster, for example --set platform.%s={10.0.0.0/16}" $list $list) }}
  {{- end }}
  {{ $list }}:
    {{- toYaml $cidrs | nindent 4 }}
  {{- end }}
  clusterDomain: {{ .Values.platform.clusterDomain }}
  {{- with .Values.platform.devices }}
  devices:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  dnsNamespace: {{ .Values.platform.dnsNamespace }}
  dnsPodLabels:
    {{- toYaml .Values.platform.dnsPodLabels | nindent 4 }}
masterKeys: /etc/bulkhead/master-keys
sweepInterval: {{ .Values.sweepInterval }}
prober:
  interval: {{ .Values.prober.interval }}
  validity: {{ .Values.prober.validity }}
  image: {{ include "bulkhead.prober.image" . }}
  pullPolicy: {{ .Values.image.pullPolicy }}
  {{- with .Values.prober.trusted }}
  trusted:
    {{- toYaml . | nindent 4 }}
  {{- end }}
leaderElection:
  enabled: {{ .Values.leaderElection.enabled }}
  leaseNamespace: {{ .Release.Namespace }}
  leaseName: bulkhead-operator
healthPort: 8080
metricsPort: 9090
log:
  format: {{ .Values.log.format }}
  level: {{ .Values.log.level }}
{{- end }}

{{/* What everyone who works in a tenant's namespace may see and nobody there may change. */}}
{{- define "bulkhead.view" -}}
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
- apiGroups: [""]
  resources: [limitranges, resourcequotas, serviceaccounts]
  verbs: [get, list, watch]
# The namespace itself; a RoleBinding in it gives no other.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [get, list, watch]
{{- end }}

{{/* Metadata of a guard: its number lists it, and the annotations let a release take it back after the operator has
restored it. Called with the root, the name and the number. */}}
{{- define "bulkhead.guard" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
labels:
  {{- include "bulkhead.labels" $root | nindent 2 }}
  bulkhead.dev/guard: {{ index . 2 | quote }}
annotations:
  meta.helm.sh/release-name: {{ $root.Release.Name }}
  meta.helm.sh/release-namespace: {{ $root.Release.Namespace }}
{{- end }}

{{/* The binding that puts a guard in force. Called with the root, the name and the number; refuses. */}}
{{- define "bulkhead.guard.binding" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "bulkhead.guard" . | nindent 2 }}
spec:
  policyName: {{ index . 1 }}
  validationActions: [Deny]
{{- end }}

{{/* Match condition: the operator is held by guard 0 instead. */}}
{{- define "bulkhead.guard.notTheOperator" -}}
- name: not-the-operator
  expression: request.userInfo.username != '{{ include "bulkhead.username" . }}'
{{- end }}

{{/* Variable: whether the request comes from somebody who has broken the glass. */}}
{{- define "bulkhead.guard.brokeTheGlass" -}}
- name: brokeTheGlass
  expression: >-
    request.userInfo.?groups.orValue([]).exists(g, g in [{{ range $i, $g := .Values.breakGlass.groups }}{{ if $i }}, {{ end }}{{ $g | squote }}{{ end }}])
{{- end }}

{{/* Audit annotation: what somebody did who had broken the glass. */}}
{{- define "bulkhead.guard.audited" -}}
auditAnnotations:
  - key: broke-the-glass
    valueExpression: >-
      variables.brokeTheGlass ? request.userInfo.username + ' ' + request.operation + ' ' + request.resource.resource
      + ' ' + request.?namespace.orValue('') + '/' + request.?name.orValue('') : ''
{{- end }}

{{/* End of a CEL message: who may do it nevertheless. */}}
{{- define "bulkhead.guard.remedy" -}}
A cluster administrator who has to repair something acts as a member of {{ first .Values.breakGlass.groups }}, which is audited.
{{- end }}

{{/* Names of the policies, and of their bindings, of guard 0. */}}
{{- define "bulkhead.guard.leashes" -}}
- bulkhead-canary-boundary
- bulkhead-operator-boundary
- bulkhead-prober-boundary
- bulkhead-prober-pods
{{- end }}

{{/* Names of the policies, and of their bindings, that the keeper restores: all but those of guard 0. */}}
{{- define "bulkhead.guard.kept" -}}
- bulkhead-acknowledgements
- bulkhead-backends
- bulkhead-bindings
- bulkhead-counts
- bulkhead-disruption-budgets
- bulkhead-endpoints
- bulkhead-evidence
- bulkhead-images
- bulkhead-literal-secrets
- bulkhead-metadata
- bulkhead-namespace-identity
- bulkhead-owned-objects
- bulkhead-owned-scale
- bulkhead-people-in-pods
- bulkhead-platform-admins
- bulkhead-plugin-network
- bulkhead-pod-security-labels
- bulkhead-pods
- bulkhead-priority
- bulkhead-roles
- bulkhead-routes
- bulkhead-services
- bulkhead-shipped-roles
- bulkhead-storage
- bulkhead-tenant-network
- bulkhead-tenants
- bulkhead-tombstones
{{- end }}

{{/* Rules of a NetworkPolicy that every part has: in for the scrapers, out to DNS and the API server. */}}
{{- define "bulkhead.networkpolicy.rules" -}}
# The kubelet's probes come from the pod's own node, which no NetworkPolicy holds back.
{{- if .Values.networkPolicy.metricsFrom }}
ingress:
  - from:
      {{- range .Values.networkPolicy.metricsFrom }}
      - namespaceSelector:
          matchLabels:
            kubernetes.io/metadata.name: {{ . }}
      {{- end }}
    ports:
      - port: 9090
        protocol: TCP
{{- end }}
egress:
  # DNS
  - to:
      - namespaceSelector:
          matchLabels:
            kubernetes.io/metadata.name: {{ .Values.platform.dnsNamespace }}
        podSelector:
          matchLabels:
            {{- toYaml .Values.platform.dnsPodLabels | nindent 14 }}
    ports:
      - port: 53
        protocol: UDP
      - port: 53
        protocol: TCP
  # API server
  - ports:
      {{- range .Values.networkPolicy.apiServer.ports }}
      - port: {{ . }}
        protocol: TCP
      {{- end }}
    {{- with .Values.networkPolicy.apiServer.cidrs }}
    to:
      {{- range . }}
      - ipBlock:
          cidr: {{ . }}
      {{- end }}
    {{- end }}
{{- end }}
