{{/* Labels of every object. */}}
{{- define "bulkhead.labels" -}}
{{ include "bulkhead.selector" . }}
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

{{/* Labels that select the prober's pods. */}}
{{- define "bulkhead.prober.selector" -}}
app.kubernetes.io/name: bulkhead-prober
app.kubernetes.io/instance: {{ .Release.Name }}
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

{{/* The operator as the API server knows it. */}}
{{- define "bulkhead.username" -}}
system:serviceaccount:{{ .Release.Namespace }}:bulkhead-operator
{{- end }}

{{/* What the operator reads at start. */}}
{{- define "bulkhead.config" -}}
platform:
  operatorNamespace: {{ .Release.Namespace }}
  podSecurityVersion: {{ .Values.platform.podSecurityVersion }}
  {{- range $list := list "podCidrs" "serviceCidrs" "nodeCidrs" }}
  {{- $cidrs := index $.Values.platform $list }}
  {{- if not $cidrs }}
  {{- fail (printf "platform.%s is empty: tenants are kept away from these addresses, so they have to be known. Set it to the ranges of your cluster, for example --set platform.%s={10.0.0.0/16}" $list $list) }}
  {{- end }}
  {{ $list }}:
    {{- toYaml $cidrs | nindent 4 }}
  {{- end }}
  dnsNamespace: {{ .Values.platform.dnsNamespace }}
  dnsPodLabels:
    {{- toYaml .Values.platform.dnsPodLabels | nindent 4 }}
masterKeys: /etc/bulkhead/master-keys
sweepInterval: {{ .Values.sweepInterval }}
prober:
  interval: {{ .Values.prober.interval }}
  validity: {{ .Values.prober.validity }}
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
