{% macro drop_views_of_no_model() -%}
    {#- Views of models that were renamed or removed since the warehouse was last built: what they read may be gone, and
        whoever lists the warehouse would stumble over them. Tables stay: some are other people's. -#}
    {%- if execute and flags.WHICH == 'build' and target.type == 'duckdb' -%}
        {%- set known = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
            {%- do known.append(node.schema ~ '.' ~ node.alias) -%}
        {%- endfor -%}
        {%- for row in run_query("select schema_name, view_name from duckdb_views() where not internal and schema_name in ('staging', 'identity', 'intermediate', 'marts')") -%}
            {%- if row[0] ~ '.' ~ row[1] not in known -%}
                {%- do run_query('drop view ' ~ row[0] ~ '."' ~ row[1] ~ '"') -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
