{% macro is_new_to_this_model() -%}
    {#- In an incremental run: whether a row came with a load that the model does not know yet. Loads follow each other
        under one lock, so whatever is not newer than the newest known was seen. A literal, so that the rest is not read. -#}
    {%- set newest = run_query('select max(_loaded_at) from ' ~ this).rows[0][0] if execute else none -%}
    _loaded_at > timestamp '{{ newest or '1900-01-01' }}'
{%- endmacro %}
